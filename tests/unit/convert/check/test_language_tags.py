"""Language tags: which ones an e-reader understands, and what an odd one meant."""

import pytest

from bookpost.convert.check.language import is_language, is_tag, normalised


@pytest.mark.parametrize(
    "tag", ["en", "en-GB", "zh-Hans", "zh-Hant-TW", "es-419", "de-CH-1996", "haw", "sr-Latn-RS", "en-x-pirate", "EN-us"]
)
def test_valid_tags(tag: str) -> None:
    assert is_language(tag)
    assert is_tag(tag)


@pytest.mark.parametrize("tag", ["", "en_US", "english", "e", "xx", "und", "en-", "-en", "en--US", "en US", "mul", "zxx", "en-US.UTF-8"])
def test_odd_tags(tag: str) -> None:
    assert not is_language(tag)


@pytest.mark.parametrize(
    ("odd", "tag"),
    [
        ("en_US", "en-US"),
        ("en-us", "en-US"),
        ("de_DE.UTF-8", "de-DE"),
        ("English", "en"),
        (" fr ", "fr"),
        ("ZH_HANS", "zh-Hans"),
        ("Klingon", None),
    ],
)
def test_what_an_odd_tag_meant(odd: str, tag: str | None) -> None:
    assert normalised(odd) == tag
