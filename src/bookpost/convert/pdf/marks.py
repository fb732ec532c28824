"""The last hand on a PDF before it is written: what a reader's software must not read aloud, and what must print.

WeasyPrint 70 puts page numbers and running heads among the marked content but not in the structure tree, where a
PDF/UA checker finds text that belongs to nobody. Here they become artifacts (ISO 14289-1, 7.1 and 7.8). Its link
annotations lack the Print flag (ISO 32000-1, table 165).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]
    from weasyprint import Document

_PRINT = 4


def finish(document: "Document", pdf: "pydyf.PDF") -> None:
    """WeasyPrint's finisher: artifacts and print flags, in place."""
    objects = {value.reference: value for value in pdf.objects}
    _print_annotations(objects)
    _mark_artifacts(document, pdf, objects)


def _print_annotations(objects: "dict[bytes, pydyf.Object]") -> None:
    for value in objects.values():
        if isinstance(value, dict) and value.get("Type") == "/Annot":
            value["F"] = _PRINT


def _mark_artifacts(document: "Document", pdf: "pydyf.PDF", objects: "dict[bytes, pydyf.Object]") -> None:
    root = objects[pdf.catalog["StructTreeRoot"]]
    parents = objects[root["ParentTree"]]["Nums"]
    wanted = set(_tree(root, objects))
    for number, stream in enumerate(_page_streams(pdf, objects)):
        owners = parents[2 * number + 1]
        strays = {mcid for mcid, owner in enumerate(owners) if owner not in wanted}
        _untag(stream.stream, strays)
        for mcid in strays:
            objects[owners[mcid]].free = "f"
            owners[mcid] = "null"
    assert len(document.pages) <= len(parents) // 2


def _tree(node: "pydyf.Dictionary", objects: "dict[bytes, pydyf.Object]") -> Iterator[bytes]:
    """References of all structure elements that can be reached from the root."""
    pending = [kid for kid in node["K"] if isinstance(kid, bytes)]
    while pending:
        reference = pending.pop()
        yield reference
        kids = objects[reference].get("K", ())
        pending.extend(kid for kid in kids if isinstance(kid, bytes))


def _page_streams(pdf: "pydyf.PDF", objects: "dict[bytes, pydyf.Object]") -> "Iterator[pydyf.Stream]":
    for reference in pdf.page_references:
        yield objects[objects[reference]["Contents"]]


def _untag(operations: list[object], strays: set[int]) -> None:
    """`/Span <</MCID n>> BDC` becomes `/Artifact BMC` for the n in `strays`."""
    if not strays:
        return
    kept: list[object] = []
    for operation in operations:
        if operation == b"BDC" and kept and isinstance(kept[-1], dict) and kept[-1].get("MCID") in strays:
            kept[-2:] = ["/Artifact", b"BMC"]
        else:
            kept.append(operation)
    operations[:] = kept
