"""What WeasyPrint 70 leaves wrong in the structure tree, mended in place before the file is written.

A list item of blocks has no body (ISO 32000-1, 14.8.4.3.3); a header cell that no data cell names has no scope
(ISO 14289-1, 7.5).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]

Objects = Mapping[bytes, Any]
"""The objects of the file by reference (`12 0 R`)."""


def elements(root: "pydyf.Dictionary", objects: Objects) -> "Iterator[tuple[bytes, pydyf.Dictionary]]":
    """All structure elements below the root in reading order, with their references. Kids may change meanwhile."""
    pending = _kids(root)[::-1]
    while pending:
        reference = pending.pop()
        element = objects[reference]
        if element.get("Type") == "/StructElem":
            yield reference, element
            pending.extend(_kids(element)[::-1])


def mend(pdf: "pydyf.PDF", root: "pydyf.Dictionary", objects: Objects) -> None:
    """Give every list item a body and every header cell a scope."""
    for reference, element in list(elements(root, objects)):
        if element["S"] == "/LI":
            _give_body(pdf, reference, element, objects)
        elif element["S"] == "/TH":
            beside_data = any(objects[kid].get("S") == "/TD" for kid in _kids(objects[element["P"]]))
            element.setdefault("A", _dictionary({"O": "/Table"})).setdefault("Scope", "/Row" if beside_data else "/Column")


def _give_body(pdf: "pydyf.PDF", reference: bytes, item: "pydyf.Dictionary", objects: Objects) -> None:
    """Put an LBody around everything but the item's label."""
    kinds = {kid: objects[kid].get("S") for kid in _kids(item)}
    if "/LBody" in kinds.values():
        return
    labels = [kid for kid, kind in kinds.items() if kind == "/Lbl"]
    rest = [kid for kid in item["K"] if kid not in labels]
    body = _dictionary({"Type": "/StructElem", "S": "/LBody", "K": _array(rest), "Pg": item["Pg"], "P": reference})
    pdf.add_object(body)
    for kid in _kids(body):
        objects[kid]["P"] = body.reference
    item["K"][:] = [*labels, body.reference]


def _kids(element: "pydyf.Dictionary") -> list[bytes]:
    return [kid for kid in element.get("K", ()) if isinstance(kid, bytes)]


def _dictionary(values: Mapping[str, Any]) -> "pydyf.Dictionary":
    import pydyf

    return pydyf.Dictionary(values)


def _array(values: list[Any]) -> "pydyf.Array":
    import pydyf

    return pydyf.Array(values)
