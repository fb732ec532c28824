"""The structure tree of a PDF, and what WeasyPrint 70 leaves wrong in it, mended in place before the file is written.

A list item of blocks has no body (ISO 32000-1, 14.8.4.3.3); a header cell that no data cell names has no scope, and a
table without any header cell is no table to a listener (ISO 14289-1, 7.5).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]

Objects = Mapping[bytes, Any]
"""The objects of the file by reference (`12 0 R`)."""

_PLAIN = {"/Table": "/Div", "/TR": "/Div", "/TD": "/Div", "/Caption": "/P"}


def elements(root: "pydyf.Dictionary", objects: Objects) -> "Iterator[tuple[bytes, pydyf.Dictionary]]":
    """All structure elements below the root in reading order, with their references."""
    pending = kids(root)[::-1]
    while pending:
        reference = pending.pop()
        found = objects[reference]
        if found.get("Type") == "/StructElem":
            yield reference, found
            pending.extend(kids(found)[::-1])


def kids(parent: "pydyf.Dictionary") -> list[bytes]:
    """References to the elements and objects in an element; marked content, which has a number, is not among them."""
    return [kid for kid in parent.get("K", ()) if isinstance(kid, bytes)]


def element(pdf: "pydyf.PDF", kind: str, content: list[Any], page: bytes, parent: bytes, objects: dict[bytes, Any]) -> "pydyf.Dictionary":
    """A new structure element, added to the file; its place in the parent is the caller's business."""
    import pydyf

    made = pydyf.Dictionary({"Type": "/StructElem", "S": kind, "K": pydyf.Array(content), "Pg": page, "P": parent})
    pdf.add_object(made)
    objects[made.reference] = made
    return made


def mend(pdf: "pydyf.PDF", root: "pydyf.Dictionary", objects: dict[bytes, Any]) -> None:
    """Give every list item a body, every header cell a scope; a table without header cells becomes plain blocks."""
    for reference, found in list(elements(root, objects)):
        if found["S"] == "/LI":
            _give_body(pdf, reference, found, objects)
        elif found["S"] == "/TH":
            _give_scope(found, objects)
        elif found["S"] == "/Table" and not any(inner["S"] == "/TH" for _, inner in elements(found, objects)):
            _flatten(found, objects)


def _give_body(pdf: "pydyf.PDF", reference: bytes, item: "pydyf.Dictionary", objects: dict[bytes, Any]) -> None:
    """Put an LBody around everything but the item's label."""
    kinds = {kid: objects[kid].get("S") for kid in kids(item)}
    if "/LBody" in kinds.values():
        return
    labels = [kid for kid, kind in kinds.items() if kind == "/Lbl"]
    rest = [kid for kid in item["K"] if kid not in labels]
    body = element(pdf, "/LBody", rest, item["Pg"], reference, objects)
    for kid in kids(body):
        objects[kid]["P"] = body.reference
    item["K"][:] = [*labels, body.reference]


def _give_scope(cell: "pydyf.Dictionary", objects: Objects) -> None:
    beside_data = any(objects[kid].get("S") == "/TD" for kid in kids(objects[cell["P"]]))
    cell["A"].setdefault("Scope", "/Row" if beside_data else "/Column")


def _flatten(table: "pydyf.Dictionary", objects: Objects) -> None:
    rows = [found for _, found in elements(table, objects) if found["S"] in {"/TR", "/TD", "/TBody", "/THead", "/TFoot", "/Caption"}]
    for found in (table, *rows):
        found["S"] = _PLAIN.get(found["S"], "/NonStruct")
        found.pop("A", None)
