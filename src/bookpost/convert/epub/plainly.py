"""The body of an article for a reader that refused a better one: text and pictures, nothing that needs a newer engine.

Formulas are said in their LaTeX or text, readings of ruby stand in parentheses, code has no colours. That tables are lists
and pictures JPEG is seen to before.
"""

from bookpost.dom import Element, elements, remove, text_of, unwrap

TABLE_COLUMNS = 1
"""So that every table becomes a labelled list."""


def say_formula(formula: Element) -> Element:
    """What stands in the place of a `math` element: its words."""
    said = formula.makeelement("span")
    said.text = formula.get("alttext") or text_of(formula)
    return said


def simplify(body: Element) -> None:
    """In place: no ruby, no colours of code."""
    for old in elements(body, "rp"):
        remove(old)
    for reading in elements(body, "rt"):
        said = text_of(reading)
        for inner in list(reading):
            reading.remove(inner)
        reading.text = f"（{said}）"
    for outer in elements(body, "rt", "ruby", "rb", "rtc"):
        unwrap(outer)
    for code in elements(body, "pre"):
        text = "".join(map(str, code.itertext()))
        for inner in list(code):
            code.remove(inner)
        code.text = text
