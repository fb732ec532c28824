"""Code: lines as they were written, without line numbers, with the name of their language."""

import re
from collections.abc import Iterator

from bookpost.clean.page import Page, classes, empty_out, keep_only, new, trim_end
from bookpost.dom import Element, elements, remove

_LANGUAGE = re.compile(
    r"(?:language|lang|highlight-source|highlight-text|brush:?|code|sourcecode|src|hljs-lang)[-_:](?P<name>[a-z0-9+#.-]{1,20})"
)
_ALONE = re.compile(
    r"(?:python|javascript|typescript|java|kotlin|swift|rust|go|golang|ruby|php|perl|bash|shell|sh|console|sql|json|yaml|toml|xml|html|css|scss|c|cpp|c\+\+|csharp|cs|scala|haskell|lua|r|julia|diff|makefile|dockerfile|ini)"
)
_MARKS_CODE = re.compile(r"hljs|prettyprint|brush|highlight|sourcecode|code|prism|lang-.*|language-.*|src")
_SAME = {
    "py": "python",
    "py3": "python",
    "js": "javascript",
    "ts": "typescript",
    "golang": "go",
    "c++": "cpp",
    "cs": "csharp",
    "c#": "csharp",
    "sh": "bash",
    "shell": "bash",
    "zsh": "bash",
    "yml": "yaml",
    "rb": "ruby",
    "rs": "rust",
}
_NOT_A_LANGUAGE = frozenset(
    {
        "none",
        "plain",
        "text",
        "plaintext",
        "txt",
        "nohighlight",
        "undefined",
        "auto",
        "block",
        "snippet",
        "wrapper",
        "toolbar",
        "container",
        "example",
        "sample",
        "inline",
        "box",
        "area",
        "line",
        "default",
    }
)
_NUMBERS = frozenset(
    {
        "linenos",
        "linenodiv",
        "gutter",
        "line-numbers-rows",
        "lineno",
        "blob-num",
        "hljs-ln-numbers",
        "rouge-gutter",
        "crayon-nums",
        "line-number",
        "ln-num",
        "linenumber",
        "react-syntax-highlighter-line-number",
        "code-line-number",
        "lnt",
    }
)
_LINE_TABLES = frozenset(
    {
        "highlighttable",
        "rouge-table",
        "hljs-ln",
        "highlight-table",
        "blob-code-table",
        "js-file-line-container",
        "crayon-table",
        "syntaxhighlighter",
        "lntable",
        "codehilitetable",
    }
)


def unroll_line_tables(page: Page) -> None:
    """A table that holds code beside its line numbers is that code.

    `<table class="highlighttable"><tr><td class="linenos">1</td><td><pre>x = 1</pre></td></tr></table>`  →  `<pre>x = 1</pre>`
    """
    for table in elements(page.body, "table"):
        if not (classes(table) & _LINE_TABLES or _numbered(table)):
            continue
        for numbers in elements(table, "td", "div", "span", "pre"):
            if classes(numbers) & _NUMBERS or numbers.get("data-line-number"):
                page.drop(numbers)
        if next((pre for pre in table.iter("pre") if pre.getparent() is not None and not _within_drop(pre)), None) is not None:
            for part in table.iter("table", "tbody", "tr", "td", "thead"):
                part.tag = "x-block"
        else:
            _lines_to_pre(table)


def read_code(page: Page) -> None:
    """A `pre` of code holds one `code` with the language's name; gutters and copy buttons go.

    `<pre class="brush: py"><span class="lineno">1</span>x</pre>`  →  `<pre><code class="language-python">x</code></pre>`
    """
    for pre in elements(page.body, "pre", "listing", "xmp"):
        for part in elements(pre, "*"):
            if part.get("class") and classes(part) & _NUMBERS:
                page.drop(part)
        inner = pre.find("code")
        alone = inner is not None and len(pre) == 1 and not (pre.text or "").strip() and not (inner.tail or "").strip()
        around = pre.getparent()
        language = _language(inner, pre, around, around.getparent() if around is not None else None)
        if alone and inner is not None:
            keep_only(inner, **({"class": f"language-{language}"} if language else {}))
        elif language and inner is None:
            _wrap(pre, language)
    for code in elements(page.body, "code"):
        parent = code.getparent()
        language = _language(code) if next(code.iterancestors("pre"), None) is not None else None
        code.attrib.pop("class", "")
        if language:
            code.set("class", f"language-{language}")
        elif parent is not None and (code.find("br") is not None or "\n" in (code.text or "").strip()):
            _stand_alone(code, parent)


def stand_code(page: Page) -> None:
    """A paragraph of nothing but code in several lines is a block of code.

    `<p><code>a<br/>b</code></p>`  →  `<pre><code>a\nb</code></pre>`
    """
    for code in elements(page.body, "code"):
        paragraph = code.getparent()
        if paragraph is None or paragraph.tag != "p" or len(paragraph) != 1 or paragraph.text or code.tail or code.find("br") is None:
            continue
        paragraph.tag = "pre"
        paragraph.attrib.pop("class", "")
        for line_break in elements(code, "br", "wbr"):
            if line_break.tag == "br":
                line_break.tail = "\n" + (line_break.tail or "")
            remove(line_break)
        trim_end(paragraph)


def _wrap(pre: Element, language: str) -> None:
    code = new("code", pre.text, **{"class": f"language-{language}"})
    code.extend(list(pre))
    pre.text = None
    pre.append(code)


def _stand_alone(code: Element, parent: Element) -> None:
    """Code of several lines that is all of its paragraph is a block of code."""
    if parent.tag in ("p", "div") and len(parent) == 1 and not (parent.text or "").strip() and not (code.tail or "").strip():
        parent.tag = "pre"


def _language(*elements: Element | None) -> str | None:
    """The language that one of these names, the first first."""
    for element in elements:
        if element is None or element.tag not in ("code", "pre", "div", "figure", "span", "x-block"):
            continue
        for name in _named(element, alone=element.tag in ("code", "pre")):
            name = _SAME.get(name, name)
            if name not in _NOT_A_LANGUAGE:
                return name
    return None


def _named(element: Element, *, alone: bool) -> Iterator[str]:
    for attribute in ("data-lang", "data-language", "data-code-language"):
        if value := element.get(attribute):
            yield from re.findall(r"^[a-z0-9+#.-]{1,20}$", value.lower())
    text = element.get("class", "").lower().replace("brush: ", "brush:")
    names = re.split(r"[\s;]+", text)
    for name in names:
        if found := _LANGUAGE.fullmatch(name):
            yield found["name"]
    if alone and any(_MARKS_CODE.fullmatch(name) for name in names):
        yield from (name for name in names if _ALONE.fullmatch(name))


def _numbered(table: Element) -> bool:
    return any(classes(cell) & _NUMBERS for cell in table.iter("td"))


def _within_drop(element: Element) -> bool:
    return next(element.iterancestors("x-drop"), None) is not None


def _lines_to_pre(table: Element) -> None:
    """GitHub's tables have a row for each line."""
    lines = ["".join(map(str, _shown(row))).rstrip() for row in table.iter("tr")]
    if not any(line.strip() for line in lines):
        return
    empty_out(table)
    table.tag = "pre"
    table.append(new("code", "\n".join(lines)))
    for name in list(table.attrib):
        if name != "class":
            del table.attrib[name]


def _shown(row: Element) -> Iterator[str]:
    for cell in row:
        if cell.tag in ("td", "th"):
            yield "".join(map(str, cell.itertext())).strip("\n")
