"""Language tags: valid and canonical, or none."""

import pytest

from bookpost.clean import normalise_language


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        ("en_US", "en-US"),
        ("EN-us", "en-US"),
        (" de ", "de"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de_DE.UTF-8", "de-DE"),
        ("sr-Latn", "sr-Latn"),
        ("ca-valencia", "ca-valencia"),
        ("de-1996-1996", "de-1996"),
        ("iw", "he"),
        ("jp", "ja"),
        ("en-US-u-ca-gregory", "en-US"),
        ("en-us,de", "en-US"),
        ("x-klingon", None),
        ("english", None),
        ("", None),
        ("und", None),
        ("e", None),
        ("en-", None),
        ("123", None),
        ("en US", "en"),
        ("<script>", None),
        ("é", None),
    ],
)
def test_a_pages_tag_becomes_bcp_47_or_none(tag: str, expected: str | None) -> None:
    assert normalise_language(tag) == expected
    if expected:
        assert normalise_language(expected) == expected
