"""The last hand on a PDF before it is written: links, the structure tree, and what must not be read aloud.

WeasyPrint 70 puts page numbers and running heads among the marked content but not in the structure tree, where a
PDF/UA checker finds text that belongs to nobody. Here they become artifacts (ISO 14289-1, 7.1 and 7.8).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bookpost.convert.pdf.annotations import mend_links
from bookpost.convert.pdf.structure import Objects, elements, mend

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]


def finish(_document: object, pdf: "pydyf.PDF") -> None:
    """WeasyPrint's finisher: links, a sound tree and artifacts, in place."""
    objects: dict[bytes, Any] = {value.reference: value for value in pdf.objects}
    root = objects[pdf.catalog["StructTreeRoot"]]
    _mark_artifacts(pdf, root, objects)
    mend_links(pdf, root, objects)
    mend(pdf, root, objects)


def _mark_artifacts(pdf: "pydyf.PDF", root: "pydyf.Dictionary", objects: Objects) -> None:
    owners_by_page = objects[root["ParentTree"]]["Nums"]
    wanted = {reference for reference, _ in elements(root, objects)}
    for number, stream in enumerate(_page_streams(pdf, objects)):
        owners = owners_by_page[2 * number + 1]
        strays = {mcid for mcid, owner in enumerate(owners) if owner not in wanted}
        _untag(stream.stream, strays)
        for mcid in strays:
            owners[mcid] = "null"


def _page_streams(pdf: "pydyf.PDF", objects: Objects) -> "Iterator[pydyf.Stream]":
    for reference in pdf.page_references:
        yield objects[objects[reference]["Contents"]]


def _untag(operations: list[object], strays: set[int]) -> None:
    """`/Span <</MCID n>> BDC` becomes `/Artifact <</Type /Pagination>> BDC` for the n in `strays`, in place."""
    for number, operation in enumerate(operations):
        properties = operations[number - 1]
        if operation == b"BDC" and isinstance(properties, dict) and properties.get("MCID") in strays:
            del properties["MCID"]
            properties["Type"] = "/Pagination"
            operations[number - 2] = "/Artifact"
