// DAISY Ace for each EPUB whose path comes in as a line, with one browser for all; answers with one line per
// violation, then a line with a full stop. What Ace prints itself goes nowhere: standard output carries answers only.
const { mkdtempSync, rmSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const ace = require("@daisy/ace-core");
const runner = require("@daisy/ace-axe-runner-puppeteer");

let launched;
const warm = { ...runner, launch: () => (launched ??= runner.launch()), close: async () => {} };
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;

function violations(report) {
  return report.assertions.flatMap((page) =>
    page.assertions.map(({ "earl:test": test, "earl:result": result }) => {
      const where = page["earl:testSubject"].url;
      const what = `${result["dct:description"]} ${result.html ?? ""}`.replace(/\s+/g, " ").trim();
      return `${test["earl:impact"]} ${test["dct:title"]} ${where} ${what}`;
    }),
  );
}

async function check(path) {
  const outdir = mkdtempSync(join(tmpdir(), "ace-"));
  try {
    const [, report] = await ace(path, { cwd: process.cwd(), outdir, silent: true, initLogger: true }, warm);
    return violations(report);
  } catch (error) {
    return [`fatal ace ${path} ${error?.message ?? error}`.replace(/\s+/g, " ")];
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

(async () => {
  for await (const path of createInterface({ input: process.stdin })) {
    answer([...(await check(path)), ".", ""].join("\n"));
  }
  if (launched) await runner.close();
})();
