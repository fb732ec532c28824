"""Links in the structure tree of a PDF: one annotation for each piece of a link, and every one inside a Link element.

WeasyPrint 70 gives every box inside a link an annotation of its own: `<a>the <em>old</em> bridge</a>` gets two, one above
the other, the inner one outside the Link element (ISO 14289-1, 7.18.5); a link around a picture gets an empty one too.
"""

from typing import TYPE_CHECKING, Any

from bookpost.convert.pdf.structure import Objects, element, elements, kids

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]

_PRINT = 4
"""The Print flag (ISO 32000-1, table 165), without which a link is not on paper."""


def mend_links(pdf: "pydyf.PDF", root: "pydyf.Dictionary", objects: dict[bytes, Any]) -> None:
    """Set the print flag, drop what is doubled or empty, and put the rest into Link elements, in place."""
    for value in list(objects.values()):
        if isinstance(value, dict) and value.get("Type") == "/Annot":
            value["F"] = _PRINT
    owners = objects[root["ParentTree"]]["Nums"]
    for reference, holder in list(elements(root, objects)):
        for kid in [kid for kid in kids(holder) if objects[kid].get("Type") == "/OBJR"]:
            if holder["S"] != "/Link":
                _rehome(pdf, reference, kid, owners, objects)
    for reference, link in list(elements(root, objects)):
        if link["S"] == "/Link" and all(isinstance(kid, bytes) and objects[kid].get("Type") == "/OBJR" for kid in link["K"]):
            for kid in kids(link):
                _drop(pdf, kid, link, owners, objects)
            objects[link["P"]]["K"].remove(reference)
        elif link["S"] == "/Link":
            _name(link, objects)


def _rehome(pdf: "pydyf.PDF", reference: bytes, kid: bytes, owners: list[Any], objects: dict[bytes, Any]) -> None:
    """Drop an annotation that lies within its link's own; else move it to that link, or to a new one around its holder."""
    holder = objects[reference]
    link = _link_around(holder, objects)
    if link is not None and any(_within(objects[kid], objects[own], objects) for own in kids(link)):
        _drop(pdf, kid, holder, owners, objects)
        return
    if link is None:
        link = _wrap(pdf, reference, objects)
    holder["K"].remove(kid)
    link["K"].insert(0, kid)
    owners[_owner(objects[objects[kid]["Obj"]], owners)] = link.reference


def _name(link: "pydyf.Dictionary", objects: Objects) -> None:
    """A link that holds nothing but a picture is called by the picture's words."""
    inside = list(elements(link, objects))
    pictures = [found for _, found in inside if found["S"] == "/Figure"]
    texts = [
        found
        for found in (link, *(found for _, found in inside))
        if found not in pictures and any(isinstance(kid, int) for kid in found["K"])
    ]
    if pictures and not texts and "Alt" in pictures[0]:
        link["Alt"] = pictures[0]["Alt"]


def _link_around(holder: "pydyf.Dictionary", objects: Objects) -> "pydyf.Dictionary | None":
    while holder.get("Type") == "/StructElem":
        holder = objects[holder["P"]]
        if holder.get("S") == "/Link":
            return holder
    return None


def _within(inner: Any, outer: Any, objects: Objects) -> bool:
    """Whether the annotation of one object reference lies within that of the other."""
    if outer.get("Type") != "/OBJR":
        return False
    left, top, right, bottom = objects[inner["Obj"]]["Rect"]
    far_left, far_top, far_right, far_bottom = objects[outer["Obj"]]["Rect"]
    across = far_left - 1 <= left and right <= far_right + 1
    # Rectangles run from the top left to the bottom right; a taller inner font may reach over its line.
    return bool(across and min(top, bottom) < max(far_top, far_bottom) and min(far_top, far_bottom) < max(top, bottom))


def _wrap(pdf: "pydyf.PDF", reference: bytes, objects: dict[bytes, Any]) -> "pydyf.Dictionary":
    """A new Link element in the place of the element, around it."""
    inner = objects[reference]
    parent = objects[inner["P"]]
    link = element(pdf, "/Link", [reference], inner["Pg"], inner["P"], objects)
    parent["K"][parent["K"].index(reference)] = link.reference
    inner["P"] = link.reference
    return link


def _drop(pdf: "pydyf.PDF", kid: bytes, holder: "pydyf.Dictionary", owners: list[Any], objects: Objects) -> None:
    """Nothing refers to the annotation any more. It stays in the file: pydyf counts a freed object in its compressed
    streams all the same, and every object after it is then looked for in the wrong place.
    """
    annotation = objects[objects[kid]["Obj"]]
    for page in pdf.page_references:
        if annotation.reference in objects[page].get("Annots", ()):
            objects[page]["Annots"].remove(annotation.reference)
    number = _owner(annotation, owners)
    del owners[number - 1 : number + 1]
    holder["K"].remove(kid)


def _owner(annotation: Any, owners: list[Any]) -> int:
    """Where the owner of an annotation stands in the parent tree's list of numbers and owners."""
    return int(owners.index(annotation["StructParent"])) + 1
