"""Text made to be slow costs no more than its length: each of these took minutes with a careless pattern or loop."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bookpost.convert.check import check, fix
from epubs import Members, book, nav, xhtml
from faults import CSS, TWO, Break, body, both, member, package, style

N = 12_000


def text(markup: str) -> Break:
    return member(TWO, xhtml(markup))


SLOW: dict[str, Break] = {
    "comments that do not end": body("<!--" * N),
    "comments with dashes": body("<!-- -- -->\n" * N),
    "a DTD that does not end": member(TWO, b"<!DOCTYPE [" * N),
    "tags that do not end": body("<a " * N),
    "quotes that do not end": body("<a b='" * N),
    "many ids": body("".join(f'<p id="i{n}">x</p>' for n in range(N))),
    "one id many times": body('<p id="x">x</p>' * N),
    "many dead links": text('<p id="b">x</p>' + "".join(f'<p><a href="#n{n}">x</a></p>' for n in range(N))),
    "many missing files": text('<p id="b">x</p>' + "".join(f'<p><a href="n{n}.xhtml">x</a></p>' for n in range(N))),
    "many event handlers": body("<hr onclick='x'/>" * N),
    "many style attributes": body("<p style='color:red;position:fixed'>x</p>" * (N // 4)),
    "deep": body("<div>" * N),
    "many hidden": both(style("".join(f".h{n} {{ display: none }}" for n in range(3_000))), body("<p class='h1 h2'>x</p>" * 3_000)),
    "CSS comments that do not end": style("/*" * N),
    "CSS spaces": style("p { a:b" + " " * N * 5 + "c } p { background: url(" + " " * N * 5),
    "CSS quotes": style("'\"" * N),
    "a selector of quotes": style("\"a\"" * N + "; {}"),
    "a long selector": style("p," * N + "p {" + "color: red;" * 2_000 + "}"),
    "CSS brackets": style("(" * N + "{" * N),
    "CSS errors": style("p { x }\n" * N),
    "many fonts": style("@font-face { font-family: a; src: url(x.ttf) }" * (N // 10)),
    "a long manifest": package(manifest="".join(f'<item id="i{n}" href="f{n}.png" media-type="image/png"/>' for n in range(N))),
    "a long spine": package(spine='<itemref idref="one"/>' * N),
    "a long table of contents": member("EPUB/nav.xhtml", nav('<li><a href="one.xhtml">x</a></li>' * (N // 4))),
    "a style sheet that is one line": member(CSS, b"a{b:c}" * N),
    "blocks of a GIF": member("EPUB/a.gif", b"GIF89a\1\0\1\0\0\0\0" + b"!\xff\1a\0" * N, media_type="image/gif"),
    "chunks of a PNG": member("EPUB/photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(12 * N)),
}  # fmt: skip


@pytest.mark.parametrize("change", SLOW.values(), ids=SLOW)
def test_the_check_takes_its_time_by_length_only(tmp_path: Path, change: Callable[[Members], None]) -> None:
    path = book(tmp_path / "slow.epub", change)
    started = time.process_time()
    check(path)
    assert time.process_time() - started < 2
    fix(path, tmp_path / "fixed.epub")
    assert time.process_time() - started < 5
