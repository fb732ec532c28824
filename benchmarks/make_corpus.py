"""The benchmark corpus, the same in every run: articles as JSON for bookpost and as plain pages for the others.

    S   one article of 600 words
    M   one of 2,800 words with 8 pictures: 6 JPEG of 2000×1500, a WebP, an SVG
    L   100 articles of 2,800 words with 300 JPEG of 1600×1200: 88 MB
    XL  one article of 2 MB of text

Usage: make_corpus.py [FOLDER] [SIZE…]; each size becomes a folder. What is there already stays.
"""

import json
import random
import sys
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import numpy
from PIL import Image

FOLDER = Path(__file__).parents[1] / "build" / "bench" / "corpus"
VOCABULARY = (
    "the of and to in a harbour light keeper tide that was for on with as by from at stone lamp wind winter ledger village boat night "
    "oil lens tower morning coast rope letter daughter fog bell rock year hour storm quay slow bright narrow quiet grey old written "
    "carried counted remembered burned climbed turned kept closed lost found measured painted asked answered never always almost twice"
)
WORDS = VOCABULARY.split()
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 500"><rect width="800" height="500" fill="#fff"/>
<path d="M40 20V460H780" fill="none" stroke="#000" stroke-width="3"/>
<path d="M40 400L200 300 360 340 520 180 780 90" fill="none" stroke="#a22" stroke-width="5"/>
<g fill="#246"><rect x="80" y="300" width="60" height="160"/><rect x="240" y="250" width="60" height="210"/></g></svg>"""


def sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(6, 18))
    if rng.random() < 0.1:
        words[2] = f"<em>{words[2]}</em>"
    if rng.random() < 0.05:
        words[3] = f'<a href="https://example.org/{words[3]}">{words[3]}</a>'
    return " ".join(words).capitalize() + "."


def paragraph(rng: random.Random) -> tuple[str, int]:
    """A paragraph and how many words it has."""
    text = " ".join(sentence(rng) for _ in range(rng.randint(3, 6)))
    return f"<p>{text}</p>", len(text.split())


def table(rng: random.Random) -> str:
    rows = "".join(f"<tr><td>{rng.choice(WORDS)}</td><td>{rng.randint(1, 99)}</td><td>{rng.randint(1, 99)}</td></tr>" for _ in range(6))
    return f"<table><thead><tr><th>Name</th><th>High</th><th>Low</th></tr></thead><tbody>{rows}</tbody></table>"


def code(rng: random.Random) -> str:
    lines = "\n".join(f"    {rng.choice(WORDS)} = {rng.choice(WORDS)}[{number}] + 1" for number in range(8))
    return f'<pre><code class="language-python">def turn(lens):\n{lines}\n</code></pre>'


def content(rng: random.Random, words: int, pictures: Sequence[str], *, rich: bool) -> str:
    """HTML of about so many words with the pictures spread through it."""
    parts: list[str] = []
    told = 0
    while told < words:
        part, count = paragraph(rng)
        parts.append(part)
        told += count
        if rich and len(parts) % 5 == 0:
            parts.append(f"<h2>{sentence(rng)[:-1]}</h2>")
    for number, name in enumerate(pictures):
        figure = f'<figure><img src="{name}" alt="A view of the coast"/><figcaption>{sentence(rng)}</figcaption></figure>'
        parts.insert((number + 1) * len(parts) // (len(pictures) + 1), figure)
    if rich:
        parts[len(parts) // 3 : len(parts) // 3] = [table(rng), code(rng)]
        parts.append(table(rng))
    return "\n".join(parts)


def photo(seed: int, size: tuple[int, int], grain: float) -> Image.Image:
    """Soft shapes and grain; `grain` sets how many bytes a JPEG of it needs."""
    rng = numpy.random.default_rng(seed)
    small = Image.fromarray(rng.integers(40, 215, (12, 16, 3), dtype=numpy.uint8))
    shapes = numpy.asarray(small.resize(size, Image.Resampling.BICUBIC), dtype=numpy.int16)
    noise = rng.normal(0, grain, (size[1], size[0], 1)).astype(numpy.int16)
    return Image.fromarray(numpy.clip(shapes + noise, 0, 255).astype(numpy.uint8))


def encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, kind, quality=quality)
    return out.getvalue()


def write(folder: Path, stem: str, title: str, html: str, number: int) -> None:
    """The article as JSON and as a page."""
    day = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}"
    payload = {
        "version": 1,
        "title": title,
        "authors": ["Ada Marsh"],
        "site": "The Coast",
        "url": f"https://coast.example/{stem}",
        "published": day,
        "language": "en",
        "content": html,
    }
    (folder / f"{stem}.json").write_text(json.dumps(payload), "utf-8")
    head = f'<head><meta charset="utf-8"/><title>{escape(title)}</title></head>'
    page = f'<!DOCTYPE html>\n<html lang="en">{head}\n<body><h1>{escape(title)}</h1>\n{html}\n</body></html>\n'
    (folder / f"{stem}.html").write_text(page, "utf-8")


def make_s(folder: Path) -> None:
    write(folder, "a001", "A short walk along the quay", content(random.Random(1), 600, [], rich=False), 0)


def make_m(folder: Path) -> None:
    names = [f"photo{number}.jpg" for number in range(6)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(encoded(photo(number, (2000, 1500), 4.7), "JPEG", 85))
    (folder / "photo6.webp").write_bytes(encoded(photo(6, (2000, 1500), 4.2), "WEBP", 82))
    (folder / "chart.svg").write_bytes(SVG)
    html = content(random.Random(2), 2800, [*names, "photo6.webp", "chart.svg"], rich=True)
    write(folder, "a001", "The lamp and its keepers", html, 0)


def make_l(folder: Path) -> None:
    for number in range(100):
        names = [f"p{number:03}{letter}.jpg" for letter in "abc"]
        for place, name in enumerate(names):
            (folder / name).write_bytes(encoded(photo(1000 + number * 3 + place, (1600, 1200), 4.4), "JPEG", 85))
        html = content(random.Random(100 + number), 2800, names, rich=True)
        write(folder, f"a{number + 1:03}", f"Letter {number + 1} from the coast", html, number)


def make_xl(folder: Path) -> None:
    write(folder, "a001", "The whole ledger", content(random.Random(3), 315_000, [], rich=True), 0)


SIZES: dict[str, Callable[[Path], None]] = {"S": make_s, "M": make_m, "L": make_l, "XL": make_xl}


def corpus(folder: Path, size: str) -> Path:
    """The folder of this size, made now if it is not there whole."""
    place = folder / size
    if not (place / "whole").exists():
        place.mkdir(parents=True, exist_ok=True)
        SIZES[size](place)
        (place / "whole").touch()
    return place


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for size in sys.argv[2:] or SIZES:
        place = corpus(folder, size)
        files = [path for path in place.iterdir() if path.suffix != ".json"]
        print(f"{size:3} {len(files):4} files {sum(path.stat().st_size for path in files) / 1e6:7.2f} MB  {place}")


if __name__ == "__main__":
    main()
