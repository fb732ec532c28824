"""Formulas: MathML by an allow-list, with `alttext`, from whatever a page writes its mathematics in."""

import re
from typing import cast

from lxml import etree

from bookpost.clean.page import Page, classes, new
from bookpost.clean.vocabulary import MATH, MATH_ATTRIBUTES, MATH_ELEMENTS, attributes_of
from bookpost.dom import MATHML, Element, elements, replace, text_of

_MAX_DEPTH = 40
_TEX_SCRIPT = re.compile(r"math/(?:tex|latex)|text/(?:tex|latex)", re.IGNORECASE)
_PICTURED = re.compile("mwe-math-fallback-image-(?:inline|display)|tex|latex")
_DRAWN = re.compile(r"katex-html|mathjax(?:_display|_svg|_chtml|_preview|_svg_display)?|mjx-tex|mjx-chtml")
_FUNCTION = re.compile(r"\\(?:href|url|htmlId|htmlClass|htmlStyle|includegraphics)\b")
_CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_WRAPPER = "{\\displaystyle "
_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext"})


def read_formulas(page: Page) -> None:
    """Every `math` is copied through the allow-list; formulas that scripts draw are found again in what they left.

    `<script type="math/tex">x^2</script>`  →  `<math alttext="x^2"><msup>…</msup></math>`
    """
    for script in elements(page.body, "script"):
        if _TEX_SCRIPT.match(script.get("type", "")) and (script.text or "").strip():
            _from_tex(script, script.text or "", display="display" in script.get("type", ""))
    for container in [*elements(page.body, "mjx-container"), *page.called(_DRAWN, "span", "div")]:
        _keep_assistive(page, container)
    for math in elements(page.body, "math"):
        if next(math.iterancestors("math"), None) is None:
            _allow(math)
    for image in page.called(_PICTURED, "img"):
        _drop_if_repeated(page, image)


def tex_to_math(tex: str, *, display: bool) -> Element | None:
    """MathML for TeX, or None when latex2mathml cannot read it."""
    if len(tex) > 5_000 or tex.count("{") > 400 or _FUNCTION.search(tex):
        return None
    from latex2mathml.converter import convert

    try:
        markup = convert(tex, display="block" if display else "inline")
        found = etree.fromstring(markup.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except Exception:  # noqa: BLE001 - latex2mathml raises anything from IndexError to RecursionError
        return None
    return allowed(found, tex.strip())


def allowed(math: Element, alttext: str | None = None) -> Element | None:
    """A copy of the formula in the allow-list, or None when nothing of it remains.

    `<math><semantics><mi onclick="…">x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>`  →
    `<math alttext="x"><mi>x</mi></math>`
    """
    out = _new_math()
    if math.get("display") == "block" or math.get("mode") == "display":
        out.set("display", "block")
    words = alttext or _annotation(math) or math.get("alttext") or math.get("aria-label")
    _fill(out, math, 0)
    if not text_of(out):
        return None
    out.set("alttext", _said(words or text_of(out)))
    return out


def _new_math() -> Element:
    """An element that declares MathML as the default namespace: no prefix in the content (lxml's types know only named ones)."""
    return etree.Element(MATH, nsmap=cast("dict[str, str]", {None: MATHML}))


def _from_tex(script: Element, tex: str, *, display: bool) -> None:
    math = tex_to_math(_uncommented(tex), display=display)
    drawn = script.getprevious()
    while drawn is not None and not (drawn.tail or "").strip() and any(_DRAWN.fullmatch(name) for name in classes(drawn)):
        drawn.tag = "x-drop"
        drawn = drawn.getprevious()
    replace(script, math if math is not None else new("code", tex.strip()))


def _uncommented(tex: str) -> str:
    return tex.replace("% <![CDATA[", "").replace("%]]>", "").replace("<![CDATA[", "").replace("]]>", "")


def _keep_assistive(page: Page, container: Element) -> None:
    """Of what MathJax or KaTeX drew, its MathML for screen readers is the formula; the drawing goes."""
    math = next(container.iter("math"), None)
    if math is None:
        source = container.get("data-mathml")
        math = _parsed(source) if source else None
    if math is not None and container.getparent() is not None:
        if container.get("display") == "true" or "Display" in container.get("class", ""):
            math.set("display", "block")
        math.tail = None
        replace(container, math)
    elif (
        container.tag == "mjx-container"
        or "katex-html" in classes(container)
        or next((following.tag for following in container.itersiblings()), "") == "script"
    ):
        page.drop(container)


def _parsed(markup: str) -> Element | None:
    root = etree.fromstring(markup.encode(), etree.HTMLParser(encoding="utf-8", remove_comments=True)) if markup.strip() else None
    return root.find(".//math") if root is not None else None


def _allow(math: Element) -> None:
    copy = allowed(math)
    if copy is not None:
        if (id := math.get("id")) is not None:
            math.set("id", id)
        replace(math, copy)
    else:
        math.tag = "x-drop"


def _annotation(math: Element) -> str | None:
    for annotation in math.iter("annotation", f"{{{MATHML}}}annotation"):
        if "tex" in annotation.get("encoding", "").lower():
            return "".join(map(str, annotation.itertext()))
    return None


def _said(words: str) -> str:
    """The TeX or words on one line, without the wrapper that Wikipedia puts around."""
    words = " ".join(words.split())
    if words.startswith(_WRAPPER) and words.endswith("}"):
        words = words[len(_WRAPPER) : -1].strip()
    return words[:2000].rstrip()


def _fill(out: Element, source: Element, depth: int) -> None:
    for child in source:
        name = str(child.tag).rpartition("}")[2].rpartition(":")[2]
        if name in ("annotation", "annotation-xml", "script", "style"):
            continue
        if name in ("math", "semantics") or name not in MATH_ELEMENTS or depth >= _MAX_DEPTH:
            if depth < 4 * _MAX_DEPTH:
                _fill(out, child, depth + 1)
            continue
        new_child = etree.SubElement(out, f"{{{MATHML}}}{name}")
        possible = MATH_ATTRIBUTES.get(name, {})
        for attribute, value in attributes_of(child):
            if attribute in possible and possible[attribute].fullmatch(value):
                new_child.set(attribute, value)
        if name in _TOKENS:
            new_child.text = " ".join("".join(map(str, child.itertext())).split()) or (" " if name == "mtext" else None)
        else:
            _fill(new_child, child, depth + 1)
            _complete(new_child, name)


def _complete(element: Element, name: str) -> None:
    """A fraction has two parts, whatever came in (MathML Core §3.3): missing ones are empty rows."""
    wanted = _CHILDREN.get(name)
    if wanted is None:
        return
    while len(element) < wanted:
        etree.SubElement(element, f"{{{MATHML}}}mrow")
    while len(element) > wanted:
        element.remove(element[-1])


def _drop_if_repeated(page: Page, image: Element) -> None:
    """Wikipedia shows a picture of each formula beside its MathML."""
    parent = image.getparent()
    around = parent.getparent() if parent is not None else None
    for place in (parent, around):
        if place is not None and next(place.iter(MATH), None) is not None and len(text_of(place)) < 2000:
            page.drop(image)
            return
    if tex := image.get("alt"):
        math = tex_to_math(tex, display="display" in image.get("class", ""))
        if math is not None:
            replace(image, math)
