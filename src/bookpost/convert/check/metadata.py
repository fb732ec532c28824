"""What the OPF says of the book: title, language, identifier, `refines`, ids, cover, Amazon's own identifiers."""

import re
from collections import Counter

from bookpost.convert.check.language import is_language, runs_right_to_left
from bookpost.convert.check.package import Package
from bookpost.convert.check.report import Report, shown
from bookpost.convert.check.wellformed import DC, OPF, line_of
from bookpost.dom import Element, text_of

# Amazon's stock number: B and nine more, also in urn:asin:…, urn:amazon:… and the schemes calibre and MobileRead write.
_ASIN = re.compile(r"\b(?:(?:mobi-)?asin|amazon(?:_[a-z]+)?)\b|^(?:urn:)?B0[A-Z0-9]{8}$", re.I)
MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_metadata(package: Package, report: Report) -> None:
    """Note each fault of the package's metadata."""
    for check in (_title, _language, _identifier, _ids, _refines, _asin, _modified):
        check(package, report)


def _texts(package: Package, name: str) -> list[str]:
    return [text_of(element) for element in package.root.iter(f"{{{DC}}}{name}")]


def _title(package: Package, report: Report) -> None:
    titles = _texts(package, "title")
    if len(titles) != 1:
        report.add("E-TITLE", f"has {len(titles) or 'no'} `dc:title`; there must be exactly one", package.path)
    if any(not title for title in titles):
        report.add("E-TITLE", "`dc:title` is empty", package.path)


def _language(package: Package, report: Report) -> None:
    languages = _texts(package, "language")
    if len(languages) != 1:
        report.add("E-LANGUAGE", f"has {len(languages) or 'no'} `dc:language`; with anything but one Amazon answers E999", package.path)
    for language in languages:
        if not is_language(language):
            report.add("E-LANGUAGE", f"`dc:language` is `{shown(language)}`, which is no BCP 47 language tag", package.path)
    direction = next((e.get("page-progression-direction") for e in package.root.iter(f"{{{OPF}}}spine")), None)
    if languages and runs_right_to_left(languages[0]) and direction != "rtl":
        report.add("W-DIRECTION", 'text runs from right to left, but the spine lacks page-progression-direction="rtl"', package.path)


def _identifier(package: Package, report: Report) -> None:
    identifiers = {element.get("id"): text_of(element) for element in package.root.iter(f"{{{DC}}}identifier")}
    if not any(identifiers.values()):
        report.add("E-IDENTIFIER", "has no `dc:identifier` with a text", package.path)
    elif not identifiers.get(package.root.get("unique-identifier")):
        report.add("E-IDENTIFIER", "`unique-identifier` names no `dc:identifier`", package.path)


def _ids(package: Package, report: Report) -> None:
    for id, count in Counter(_all_ids(package.root)).items():
        if count > 1:
            report.add("E-OPF-ID", f"the id `{shown(id)}` stands {count} times in the package", package.path)
        if not id or not id.isprintable() or " " in id:
            report.add("E-OPF-ID", f"`{shown(id)}` is no valid id", package.path)


def _all_ids(root: Element) -> list[str]:
    return [str(id) for element in root.iter("*") if (id := element.get("id")) is not None]


def _refines(package: Package, report: Report) -> None:
    ids = set(_all_ids(package.root))
    for element in package.root.iter("*"):
        refines = element.get("refines")
        if refines is not None and not (refines.startswith("#") and refines[1:] in ids):
            report.add("E-REFINES", f"`refines` points to `{shown(refines)}`, which is not there", package.path, line_of(element))


def _asin(package: Package, report: Report) -> None:
    for element in amazon_elements(package.root):
        report.add(
            "E-ASIN", f"an Amazon identifier: `{shown(text_of(element) or str(element.get('content')))}`", package.path, line_of(element)
        )


def amazon_elements(root: Element) -> list[Element]:
    """The metadata elements that carry an identifier of Amazon's (they make Amazon take the file for a bought book)."""
    found = []
    for element in root.iter(f"{{{DC}}}identifier", f"{{{DC}}}source", f"{{{OPF}}}meta"):
        named = [element.get(f"{{{OPF}}}scheme"), element.get("scheme"), element.get("name"), element.get("property")]
        said = text_of(element) if element.tag != f"{{{DC}}}source" else ""
        if any(_ASIN.search(str(word)) for word in (*named, said) if word):
            found.append(element)
    return found


def _modified(package: Package, report: Report) -> None:
    if not package.version.startswith("3"):
        return
    dates = [text_of(e) for e in package.root.iter(f"{{{OPF}}}meta") if e.get("property") == "dcterms:modified" and not e.get("refines")]
    if len(dates) != 1 or not MODIFIED.fullmatch(dates[0]):
        report.add("W-MODIFIED", "must have one `dcterms:modified` of the form 2026-11-24T00:00:00Z", package.path)
