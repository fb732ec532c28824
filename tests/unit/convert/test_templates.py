"""A user's templates go before ours, file by file; what is wrong in one is said; the how-to names all that they are given."""

import dataclasses
import re
from pathlib import Path

import pytest
import tinycss2

from bookpost.convert.epub import pages
from bookpost.convert.templates import environment, render, source
from bookpost.errors import ConfigError
from bookpost.resources import resource

HOW_TO = Path(__file__).parents[3] / "docs/how-to/own-templates.md"


def own(folder: Path, name: str, text: str) -> Path:
    (folder / "epub").mkdir(exist_ok=True)
    (folder / "epub" / name).write_text(text, "utf-8")
    return folder


def test_a_file_of_the_users_goes_before_ours_and_the_others_stay(tmp_path: Path) -> None:
    templates = environment("epub", own(tmp_path, "style.css", "p { margin: 1em }"))
    assert source(templates, "style.css") == "p { margin: 1em }"
    assert "xmlns:epub" in (source(templates, "layout.xhtml") or "")


def test_values_are_escaped_where_they_are_put_in(tmp_path: Path) -> None:
    templates = environment("epub", own(tmp_path, "x.xhtml", "<p>{{ title }}</p>"))
    assert render(templates, "x.xhtml", title="A & <b>") == "<p>A &amp; &lt;b&gt;</p>"


def test_a_file_that_is_not_there_is_none() -> None:
    assert source(environment("epub"), "user.css") is None


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        environment("epub", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if %}", "line 1"),
        ("\n{{ page.titel }}", "titel"),
        ("{{ nothing }}", "nothing"),
        ("{% include 'gone.xhtml' %}", "gone.xhtml"),
        ("{% include '../../secret' %}", "secret"),
        ("{{ 1 + 'a' }}", "x.xhtml"),
        ("{{ 1 // 0 }}", "x.xhtml"),
    ],
)
def test_a_fault_in_a_template_is_said_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "secret").write_text("secret")
    templates = environment("epub", own(tmp_path, "x.xhtml", text))
    with pytest.raises(ConfigError, match=said):
        render(templates, "x.xhtml", page=pages.Link("a", "b"))


def test_a_style_sheet_that_is_not_utf8_is_said(tmp_path: Path) -> None:
    (tmp_path / "epub").mkdir()
    (tmp_path / "epub/user.css").write_bytes(b"/* \xff */")
    with pytest.raises(ConfigError, match="UTF-8"):
        source(environment("epub", tmp_path), "user.css")


def test_the_how_to_names_every_file() -> None:
    text = HOW_TO.read_text("utf-8")
    assert [path.name for path in resource("templates/epub").iterdir() if f"`{path.name}`" not in text] == []


def test_the_how_to_names_every_field_of_what_a_template_is_given() -> None:
    text = HOW_TO.read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", text))
    kinds = [kind for kind in vars(pages).values() if dataclasses.is_dataclass(kind) and isinstance(kind, type)]
    assert {field.name for kind in kinds for field in dataclasses.fields(kind)} - named == set()
    assert {kind.__name__ for kind in kinds} - named - {"Page"} == set()


def test_our_style_sheet_leaves_the_text_to_the_reader_and_old_engines_in_peace() -> None:
    """EREADERS: no size, font, colour, justification or line height on body and p; nothing that drops the sheet."""
    sheet = source(environment("epub"), "style.css") or ""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    assert [rule.type for rule in rules if rule.type != "qualified-rule"] == []
    for rule in rules:
        selectors = [part.strip() for part in tinycss2.serialize(rule.prelude).split(",")]
        declarations = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        assert [each for each in declarations if each.type != "declaration"] == []
        names = {each.name for each in declarations}
        values = " ".join(tinycss2.serialize(each.value) for each in declarations)
        assert not names & {"position", "transform", "direction", "unicode-bidi", "background-color", "flex", "grid"}
        assert not any(name.startswith("--") for name in names)
        assert not re.search(r"var\(|calc\(|flex|grid|vh|vw|rem\b", values), selectors
        assert not any(each.name.startswith("margin") and re.search(r"-\d", tinycss2.serialize(each.value)) for each in declarations)
        if {"body", "p", "html"} & set(selectors):
            assert not names & {"font-size", "font-family", "line-height", "color", "text-align", "font"}
        if "color" in names:
            assert "inherit" in values or all(selector.startswith("body.colour .tok-") for selector in selectors)


def test_a_colour_can_be_read_on_white_and_on_black() -> None:
    """WCAG 2.2 §1.4.3 asks 4.5 : 1 on white; in the dark mode of a reader the page is black."""
    for colour in re.findall(r"color: #(\w{6})", source(environment("epub"), "style.css") or ""):
        channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (light + 0.05) >= 4.5
        assert (light + 0.05) / 0.05 >= 3.5
