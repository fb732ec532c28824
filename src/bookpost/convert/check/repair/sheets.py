"""Style sheets of a book under repair: what an e-reader mangles is cut out, the rest stays letter by letter."""

import re
from collections.abc import Callable

from bookpost.convert.check.css import Declaration, Sheet, addresses, parse_inline, parse_sheet, within
from bookpost.convert.check.package import CSS_TYPE, XHTML_TYPE, is_remote
from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.style import declaration_faults
from bookpost.convert.check.wellformed import XHTML, raw_text

Known = Callable[[str], str | None]
"""The address to write for an address in a sheet; None when there is nothing to refer to."""

_BOM = "\ufeff"


def mend_sheets(draft: Draft) -> None:
    """Mend every style sheet, and the `<style>` elements of the documents."""
    for member in draft.of_type(CSS_TYPE):
        data = draft.read(member)
        if data is not None:
            draft.changed[member] = mended(_text(data), _known(draft, member)).encode()
    for member in draft.of_type(XHTML_TYPE):
        root = draft.trees.get(member)
        for style in root.iter(f"{{{XHTML}}}style") if root is not None else ():
            style.text = mended(raw_text(style), _known(draft, member))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return re.sub(r"@charset[^;]*;", "", data.decode("cp1252", "replace"))


def _known(draft: Draft, base: str) -> Known:
    def address(value: str) -> str | None:
        target = None if is_remote(value) else draft.target(base, value)
        return draft.address(base, target[0], target[1]) if target and draft.item_of(target[0]) is not None else None

    return address


def mended(text: str, known: Known) -> str:
    """The sheet without syntax errors, faulty declarations, dead addresses and the fonts that need them."""
    text = _well_formed(text)
    sheet = parse_sheet(text)
    cuts = [(d.start, d.end) for d in sheet.declarations if _is_faulty(d, known)]
    cuts += [(start, end) for statement, start, end in sheet.imports if any(known(address) is None for address in addresses(statement))]
    cuts += [
        (start, end)
        for selector, start, end in sheet.blocks
        if selector.lower() == "@font-face" and not _has_font(sheet, start, end, known)
    ]
    return _readdressed(_without(text, cuts), known)


def _well_formed(text: str) -> str:
    """The sheet without the pieces that are no CSS; as it was when that does not settle in a few rounds."""
    tried = text
    for _ in range(4):
        sheet = parse_sheet(tried)
        if not sheet.errors:
            return tried
        tried = _without(tried, [(start, end) for _, start, end in sheet.errors]) + "}" * sheet.unclosed
    return text if parse_sheet(tried).errors else tried


def mended_inline(text: str) -> str:
    """A `style` attribute without faulty declarations; empty when it is no CSS."""
    sheet = parse_inline(text)
    if sheet.errors:
        return ""
    return _without(text, [(d.start, d.end) for d in sheet.declarations if _is_faulty(d, _nothing)]).strip(" ;\n")


def _nothing(_: str) -> None:
    """An attribute refers to no file: e-readers do not look there for pictures."""


def _is_faulty(declaration: Declaration, known: Known) -> bool:
    if any(code.startswith("E-") for code, _ in declaration_faults(declaration)):
        return True
    return declaration.selector.lower() != "@font-face" and any(known(address) is None for address in addresses(declaration.value))


def _has_font(sheet: Sheet, start: int, end: int, known: Known) -> bool:
    values = {d.name: d.value for d in within(sheet, start, end)}
    sources = list(addresses(values.get("src", "")))
    return "font-family" in values and bool(sources) and all(known(source) is not None for source in sources)


def _without(text: str, cuts: list[tuple[int, int]]) -> str:
    at, parts = 0, []
    for start, end in sorted(cuts):
        if start >= at:
            parts.append(text[at:start])
        at = max(at, end + (text[end : end + 1] == ";"))
    return "".join((*parts, text[at:]))


def _readdressed(text: str, known: Known) -> str:
    """The sheet with the addresses of renamed members."""
    for address in sorted(set(addresses(text)), key=len, reverse=True):
        new = known(address)
        if new is not None and new != address:
            where = re.compile(rf"((?:url\(\s*|@import\s+)[\"']?){re.escape(address)}(?=[\"')\s])")
            text = where.sub(rf"\g<1>{new}", text)
    return text
