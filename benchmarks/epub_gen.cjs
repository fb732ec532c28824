// epub-gen-memory (npm) on a folder of pages: node epub_gen.cjs FOLDER OUT.epub, with NODE_PATH naming its node_modules.
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const epub = require("epub-gen-memory").default;

const [folder, out] = process.argv.slice(2).map((name) => resolve(name));
const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
const chapters = pages.map((name) => {
  const page = readFileSync(join(folder, name), "utf8");
  const body = page.slice(page.indexOf("</h1>") + 5, page.indexOf("</body>"));
  return {
    title: /<title>(.*?)<\/title>/.exec(page)[1],
    content: body.replace(/src="([^"]+)"/g, (_, src) => `src="${pathToFileURL(join(folder, src))}"`),
  };
});
epub({ title: "A plain book", author: "Ada Marsh", verbose: false }, chapters).then((book) => writeFileSync(out, book));
