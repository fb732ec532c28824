"""Element names: those of HTML, those that e-readers are known to show well, and those no e-reader takes."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORMS = _names("button datalist fieldset form input keygen label legend meter optgroup option output progress select textarea")
EMBEDDED = _names(
    """applet area audio canvas dialog embed frame frameset iframe map marquee noframes noscript object param portal slot source
    template track video"""
)
SAFE_ELEMENTS = _names(
    """html head title meta link style base body section article header footer nav main div aside h1 h2 h3 h4 h5 h6 p pre blockquote hr
    address ul ol li dl dt dd figure figcaption table caption thead tbody tfoot tr th td colgroup col a em strong b i u cite q code kbd
    samp var sub sup small mark del ins s abbr time dfn span br wbr bdi bdo ruby rb rt rp rtc img"""
)
"""The vocabulary of clean content (docs/reference/content.md) and the frame that templates put around it."""
ELEMENTS = SAFE_ELEMENTS | FORMS | EMBEDDED | _names("script picture data details summary hgroup search menu")
"""Every element of HTML; obsolete ones are among FORMS and EMBEDDED when they have a code of their own, else unknown."""
BLOCKS = _names("p div table ul ol dl blockquote figure section article aside header footer nav pre hr h1 h2 h3 h4 h5 h6")
NO_BLOCKS = _names("p span em strong b i u cite q code kbd samp var sub sup small mark s abbr time dfn bdi bdo h1 h2 h3 h4 h5 h6")
"""What holds text only (HTML, "Phrasing content"); `a`, `ins` and `del` hold what their parent may hold."""
