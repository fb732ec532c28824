"""The pages of a PDF: an e-reader's own screen, or paper. Sizes and margins are those of the typography reference."""

from dataclasses import dataclass

from bookpost.device import Device

_LARGE_SCREEN_MM = 130
"""From this width on a screen is read like a sheet: 10 inches and more (6 to 8 inch screens are 90 to 122 mm wide)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its size and margins in millimetres, type size in points, and line height as a multiple of it.

    `outer_mm` is the margin at the end of the line, which on paper holds captions. `paper` has a running head and
    spells out the addresses of links; a screen has neither.
    """

    width_mm: float
    height_mm: float
    top_mm: float
    outer_mm: float
    bottom_mm: float
    inner_mm: float
    type_pt: float
    leading: float
    paper: bool = False

    @property
    def text_width_mm(self) -> float:
        """The measure: the width of a line of text."""
        return self.width_mm - self.inner_mm - self.outer_mm

    @property
    def text_height_mm(self) -> float:
        """The height of the text on a full page."""
        return self.height_mm - self.top_mm - self.bottom_mm

    @property
    def columns(self) -> int:
        """How many columns of a table can be read: one for each 13 mm of the measure, eight letters or five figures."""
        return max(3, int(self.text_width_mm // 13))


def page_for(device: Device) -> Page:
    """The device's own screen as a page, so that nothing is scaled: narrow margins, the folio outside the text."""
    width, height = device.page_mm
    if width < _LARGE_SCREEN_MM:
        type_pt = 9.5 if width < 95 else 10
        return Page(
            width_mm=width, height_mm=height, top_mm=5, outer_mm=5, bottom_mm=8.5, inner_mm=5, type_pt=type_pt, leading=1.38
        )  # fmt: skip
    return Page(width_mm=width, height_mm=height, top_mm=10, outer_mm=10, bottom_mm=12, inner_mm=10, type_pt=11, leading=1.42)


def _paper(width_mm: float, height_mm: float) -> Page:
    """Text 118 mm wide (66 to 70 characters) beside an outer margin of 55 mm."""
    return Page(
        width_mm=width_mm,
        height_mm=height_mm,
        top_mm=24,
        outer_mm=55,
        bottom_mm=26,
        inner_mm=width_mm - 118 - 55,
        type_pt=11,
        leading=1.42,
        paper=True,
    )


PAGES = {"a4": _paper(210, 297), "letter": _paper(215.9, 279.4)}
"""Paper by name."""
