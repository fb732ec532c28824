"""What the renderer can fetch: the book's own pictures and our fonts, by addresses of a scheme of ours, and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bookpost.convert.pdf import fonts


def fetcher(pictures: Mapping[str, tuple[str, str]], characters: frozenset[str]) -> Any:
    """WeasyPrint's fetcher: `pictures` are path and media type by address, fonts are cut down to `characters`.

    Never gives a `file:` address back: WeasyPrint 70 would read that file itself. Anything else is a ValueError, which
    WeasyPrint reports and survives.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    faces = {use.url: use for family in fonts.ALL for face in family.faces for use in face.uses}

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
            if face := faces.get(url):
                return URLFetcherResponse(url, fonts.font_bytes(face, characters), {"Content-Type": "font/ttf"})
            if found := pictures.get(url):
                path, media_type = found
                return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": media_type})
            raise ValueError(f"not one of the book's own pictures or fonts: {url}")

    return Fetcher()
