"""Small things that the tests of ingest share."""

from io import BytesIO

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small picture."""
    stream = BytesIO()
    Image.new("RGB", (40, 30), (120, 60, 30)).save(stream, "PNG")
    return stream.getvalue()
