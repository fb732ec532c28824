"""Who wrote it: names, and nothing but names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest.bylines import split_byline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Ruiz and Bo Li", ("Ana Ruiz", "Bo Li")),
        ("by ANA RUIZ", ("ANA RUIZ",)),
        ("Ana Ruiz, Bo Li & Cem Ak", ("Ana Ruiz", "Bo Li", "Cem Ak")),
        ("Ana Ruiz; Bo Li", ("Ana Ruiz", "Bo Li")),
        ("Written by: Ana Ruiz, Science Editor", ("Ana Ruiz",)),
        ("Sammy Davis, Jr.", ("Sammy Davis, Jr.",)),
        ("Ruiz, Ana", ("Ana Ruiz",)),
        ("Von Ana Ruiz und Bo Li", ("Ana Ruiz", "Bo Li")),
        ("Par Ana Ruiz et Bo Li", ("Ana Ruiz", "Bo Li")),
        ("Текст: Анна Руис", ("Анна Руис",)),
        ("文：水野遥", ("水野遥",)),
        ("بقلم سلمى الحداد", ("سلمى الحداد",)),
        ("Posted by Ana Ruiz on Monday", ("Ana Ruiz",)),
        ("By Ana RuizMonday, November 18, 2019", ("Ana Ruiz",)),
        ("Laura June Topolsky", ("Laura June Topolsky",)),
        ("Ana Ruiz | 24.11.2026", ("Ana Ruiz",)),
        ("<a href='/x'>Ana Ruiz</a>", ("Ana Ruiz",)),
        ("Ana Ruiz, Ana Ruiz", ("Ana Ruiz",)),
        ("admin", ()),
        ("facebook.com/example", ()),
        ("@ana", ()),
        ("https://example.org/ana", ()),
        ("2026", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_bylines(byline: str | None, names: tuple[str, ...]) -> None:
    assert split_byline(byline) == names


@given(st.text(max_size=80) | st.text("By and,;&. Ana\n", max_size=60))
def test_no_byline_crashes(byline: str) -> None:
    assert all(name.strip() == name != "" for name in split_byline(byline))
