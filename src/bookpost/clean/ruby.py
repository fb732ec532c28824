"""Ruby (HTML §4.5.10): text with its reading, in the one form that every e-reader shows."""

from lxml import etree

from bookpost.dom import Element


def ruby(element: Element) -> Element | None:
    """Pairs of base and reading, or None when there is no reading.

    `<ruby><rb>漢<rb>字<rt>kan<rt>ji</ruby>`  →  `<ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby>`
    """
    bases, readings, brackets = _parts(element)
    if not any(readings) or not any(bases):
        return None
    if len(bases) != len(readings) or not all(readings):
        bases, readings = ["".join(bases)], ["".join(readings)]
    out = etree.Element("ruby")
    for index, (base, reading) in enumerate(zip(bases, readings, strict=True)):
        if index:
            out[-1].tail = base
        else:
            out.text = base
        for tag, text in (("rp", brackets[0]), ("rt", reading), ("rp", brackets[1])):
            if text:
                etree.SubElement(out, tag).text = text
    return out


def _parts(element: Element) -> tuple[list[str], list[str], tuple[str, str]]:
    bases: list[str] = []
    readings: list[str] = []
    brackets = ("", "")
    base = ""
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if part.tag == "rt":
                if base.strip():
                    bases.append(base)
                base = ""
                readings.append("")
            elif part.tag == "rb" and base.strip():
                bases.append(base)
                base = ""
            elif part.tag == "rp":
                brackets = ("(", ")")
            text = part.text
        elif part is element:
            break
        else:
            text = part.tail
        inside = part.tag if event == "start" else _owner(part, element)
        if text and inside == "rt":
            readings[-1] += _folded(text)
        elif text and inside != "rp":
            base += _folded(text)
    if base.strip() and readings:
        bases.append(base)
    return bases, readings, brackets


def _owner(part: Element, ruby: Element) -> str:
    parent = part.getparent()
    while parent is not None and parent is not ruby:
        if parent.tag in ("rt", "rp"):
            return str(parent.tag)
        parent = parent.getparent()
    return "rb"


def _folded(text: str) -> str:
    return " ".join(text.split())
