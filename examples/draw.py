"""Draws the pictures of the examples: `python examples/draw.py` writes them beside this file, the same bytes each time."""

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent
SCALE = 2  # drawn twice as large, then made smaller: smooth edges without a vector library
Colour = tuple[int, int, int]
INK: Colour = (38, 40, 46)


def canvas(width: int, height: int, top: Colour, bottom: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A picture at drawing scale, filled with a vertical gradient."""
    image = Image.new("RGB", (1, 256))
    for y in range(256):
        image.putpixel((0, y), tuple(round(a + (b - a) * y / 255) for a, b in zip(top, bottom, strict=True)))
    image = image.resize((width * SCALE, height * SCALE), Image.Resampling.BICUBIC)
    return image, ImageDraw.Draw(image)


def finish(image: Image.Image) -> Image.Image:
    """The picture at its final size."""
    return image.resize((image.width // SCALE, image.height // SCALE), Image.Resampling.LANCZOS)


def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font: the pictures must not depend on what a machine has."""
    found = ImageFont.load_default(size * SCALE)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def line(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], width: float, fill: Colour = INK) -> None:
    """A line through the points, `width` pixels wide."""
    draw.line([(x * SCALE, y * SCALE) for x, y in points], fill=fill, width=max(1, round(width * SCALE)), joint="curve")


def disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: Colour) -> None:
    """A filled circle."""
    draw.ellipse([(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE], fill=fill)


def shape(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], fill: Colour) -> None:
    """A filled polygon."""
    draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)


def label(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int = 22, anchor: str = "mm", fill: Colour = INK) -> None:
    """Text at a point; `anchor` as Pillow has it."""
    draw.text((x * SCALE, y * SCALE), text, fill=fill, font=font(size), anchor=anchor)


def ridge(rng: random.Random, width: int, base: float, height: float, steps: int = 24) -> list[tuple[float, float]]:
    """A row of hills from left to right."""
    waves = [(rng.uniform(0.6, 4), rng.uniform(0, 6.3), rng.uniform(0.2, 1)) for _ in range(4)]
    total = sum(weight for _, _, weight in waves)
    return [
        (x, base - height * (0.5 + 0.5 * sum(w * math.sin(f * x / width * 6.3 + p) for f, p, w in waves) / total))
        for x in (width * i / steps for i in range(steps + 1))
    ]


def bridge() -> Image.Image:
    """A suspension footbridge at dusk."""
    width, height, water = 1200, 760, 560
    rng = random.Random(7)  # noqa: S311 - the same picture each time
    image, draw = canvas(width, height, (58, 74, 112), (244, 188, 136))
    disc(draw, 860, 470, 62, (255, 232, 190))
    for base, rise, shade in ((500, 190, (128, 116, 136)), (540, 150, (92, 88, 112)), (566, 80, (58, 60, 82))):
        shape(draw, [*ridge(rng, width, base, rise), (width, water), (0, water)], shade)
    deck = [(float(x), 470 - 34 * math.sin(math.pi * x / width)) for x in range(0, width + 1, 20)]
    cable = [(float(x), 410 - 220 * ((x - 600) / 320) ** 2) for x in range(280, 921, 10)]
    line(draw, [(0, 430), (280, 190)], 5)
    line(draw, [(width, 430), (920, 190)], 5)
    line(draw, cable, 5)
    for x, y in cable[2:-2:3]:
        line(draw, [(x, y), (x, 470 - 34 * math.sin(math.pi * x / width))], 1.6)
    for tower in (280, 920):
        shape(draw, [(tower - 12, 180), (tower + 12, 180), (tower + 20, 600), (tower - 20, 600)], INK)
    line(draw, deck, 11)
    line(draw, [(x, y - 17) for x, y in deck], 2)
    for _ in range(26):
        x = rng.uniform(60, 1140)
        foot = 466 - 34 * math.sin(math.pi * x / width)
        tall = rng.uniform(24, 30)
        line(draw, [(x, foot), (x, foot - tall)], 7, (24, 25, 30))
        disc(draw, x, foot - tall - 5, 4.5, (24, 25, 30))
    return finish(_mirrored(image, water, rng))


def _mirrored(image: Image.Image, water: int, rng: random.Random) -> Image.Image:
    """The lower part as still water that shows what is above it."""
    top, depth = water * SCALE, image.height - water * SCALE
    mirror = image.crop((0, top - depth, image.width, top)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = Image.blend(mirror.filter(ImageFilter.GaussianBlur(5)), Image.new("RGB", mirror.size, (44, 52, 78)), 0.45)
    image.paste(mirror, (0, top))
    draw = ImageDraw.Draw(image)
    for _ in range(70):
        y = water + 6 + rng.random() ** 2 * (image.height / SCALE - water)
        x, long = rng.uniform(0, 1200), rng.uniform(20, 120)
        line(draw, [(x, y), (x + long, y)], 1.2, (196, 170, 160))
    return image


def damper() -> Image.Image:
    """A mass between springs under a deck, seen from the side."""
    image, draw = canvas(1000, 520, (238, 236, 230), (222, 220, 214))
    shape(draw, [(60, 90), (940, 90), (940, 150), (60, 150)], (92, 98, 110))
    for x in range(80, 940, 40):
        line(draw, [(x, 92), (x + 18, 148)], 2, (122, 128, 140))
    shape(draw, [(200, 150), (216, 150), (216, 420), (200, 420)], INK)
    shape(draw, [(784, 150), (800, 150), (800, 420), (784, 420)], INK)
    shape(draw, [(200, 404), (800, 404), (800, 420), (200, 420)], INK)
    shape(draw, [(390, 250), (610, 250), (610, 380), (390, 380)], (168, 92, 62))
    for x in (430, 570):
        disc(draw, x, 390, 13, INK)
    for start, end in ((216, 390), (610, 784)):
        coils = 9
        points = [(start + (end - start) * i / (2 * coils), 290 + (16 if i % 2 else -16)) for i in range(1, 2 * coils)]
        line(draw, [(start, 290), *points, (end, 290)], 4)
        middle = (start + end) / 2
        line(draw, [(start, 346), (middle - 20, 346)], 4)
        line(draw, [(middle - 20, 330), (middle - 20, 362), (middle + 30, 362)], 4)
        line(draw, [(middle - 20, 330), (middle + 30, 330)], 4)
        line(draw, [(middle, 334), (middle, 358)], 4)
        line(draw, [(middle, 346), (end, 346)], 4)
    label(draw, 500, 315, "2 tonnes", 30, fill=(250, 244, 236))
    label(draw, 303, 245, "spring", 24)
    label(draw, 303, 390, "oil", 24)
    label(draw, 500, 60, "deck", 28)
    line(draw, [(440, 470), (560, 470)], 4)
    shape(draw, [(425, 470), (446, 458), (446, 482)], INK)
    shape(draw, [(575, 470), (554, 458), (554, 482)], INK)
    return finish(image)


def sway() -> Image.Image:
    """How far the deck moves, by the number of walkers: almost nothing, then suddenly much."""
    image, draw = canvas(1000, 560, (255, 255, 255), (255, 255, 255))
    line(draw, [(110, 40), (110, 470), (960, 470)], 3)
    for walkers in range(0, 201, 40):
        x = 110.0 + walkers * 4.1
        line(draw, [(x, 470), (x, 480)], 3)
        label(draw, x, 500, str(walkers))
    for millimetres in range(0, 81, 20):
        y = 470.0 - millimetres * 5
        line(draw, [(100, y), (110, y)], 3)
        label(draw, 88, y, str(millimetres), anchor="rm")
    curve = [(110 + n * 4.1, 470 - 5 * (n / 50 + 74 / (1 + math.exp(-(n - 166) / 4)))) for n in range(201)]
    line(draw, curve, 5, (168, 60, 40))
    for y in range(50, 470, 16):
        line(draw, [(110 + 160 * 4.1, y), (110 + 160 * 4.1, y + 8)], 2)
    label(draw, 750, 60, "160 walkers", anchor="rm")
    label(draw, 535, 540, "people on the bridge")
    label(draw, 130, 40, "sway in millimetres", anchor="lm")
    return finish(image)


def tide() -> Image.Image:
    """The Earth in its two bulges of water, the Moon to the right; not to scale."""
    rng = random.Random(3)  # noqa: S311 - the same picture each time
    image, draw = canvas(1200, 620, (22, 26, 44), (34, 40, 66))
    for _ in range(160):
        bright = rng.randint(90, 220)
        disc(draw, rng.uniform(0, 1200), rng.uniform(0, 620), rng.uniform(0.5, 1.6), (bright, bright, bright))
    draw.ellipse([(200 - 10) * SCALE, 130 * SCALE, 730 * SCALE, 490 * SCALE], fill=(92, 148, 196))
    disc(draw, 460, 310, 160, (74, 112, 84))
    for x, y, r in ((410, 260, 60), (500, 350, 70), (440, 390, 30), (520, 240, 34)):
        disc(draw, x, y, r, (118, 142, 92))
    disc(draw, 1040, 310, 58, (214, 212, 204))
    for x, y, r in ((1022, 292, 12), (1056, 326, 16), (1030, 340, 8), (1060, 284, 7)):
        disc(draw, x, y, r, (188, 186, 178))
    line(draw, [(760, 310), (950, 310)], 3, (230, 226, 210))
    shape(draw, [(962, 310), (944, 301), (944, 319)], (230, 226, 210))
    white = (240, 240, 236)
    for x, y, text in ((240, 84, "high water"), (690, 84, "high water"), (460, 540, "low water"), (1040, 400, "the Moon")):
        label(draw, x, y, text, 28, fill=white)
    line(draw, [(236, 104), (232, 250)], 2, white)
    line(draw, [(692, 104), (706, 250)], 2, white)
    return finish(image)


def sundial() -> Image.Image:
    """A horizontal sundial on a pillar, at about ten in the morning."""
    rng = random.Random(11)  # noqa: S311 - the same picture each time
    image, draw = canvas(1200, 800, (206, 222, 234), (236, 236, 220))
    shape(draw, [*ridge(rng, 1200, 470, 90), (1200, 800), (0, 800)], (126, 148, 104))
    shape(draw, [*ridge(rng, 1200, 560, 50), (1200, 800), (0, 800)], (104, 130, 84))
    for _ in range(1400):
        x, y = rng.uniform(0, 1200), rng.uniform(560, 800)
        line(
            draw,
            [(x, y), (x + rng.uniform(-4, 4), y - rng.uniform(6, 16))],
            1.5,
            (86 + rng.randint(-14, 24), 116 + rng.randint(-14, 24), 66),
        )
    shape(draw, [(500, 540), (700, 540), (730, 800), (470, 800)], (176, 168, 152))
    shape(draw, [(620, 540), (700, 540), (730, 800), (640, 800)], (150, 142, 128))
    draw.ellipse([320 * SCALE, 440 * SCALE, 880 * SCALE, 620 * SCALE], fill=(138, 130, 116))
    draw.ellipse([320 * SCALE, 420 * SCALE, 880 * SCALE, 600 * SCALE], fill=(206, 198, 180))
    for hour in range(-6, 7):
        angle = math.atan2(math.sin(math.radians(52)) * math.sin(math.radians(15 * hour)), math.cos(math.radians(15 * hour)))
        x, y = math.sin(angle), -math.cos(angle)
        line(draw, [(600 + x * 120, 510 + y * 40), (600 + x * 250, 510 + y * 80)], 2.5, (110, 100, 84))
    shape(draw, [(600, 520), (540, 452), (410, 462), (598, 530)], (120, 112, 98))
    shape(draw, [(596, 536), (604, 536), (604, 300), (596, 436)], (84, 96, 92))
    shape(draw, [(600, 536), (604, 536), (604, 300)], (62, 74, 70))
    return finish(image)


def hour_lines() -> Image.Image:
    """The face of a horizontal dial for 52 degrees of latitude: line art."""
    image, draw = canvas(1000, 640, (255, 255, 255), (255, 255, 255))
    for hour in range(-6, 7):
        angle = math.atan2(math.sin(math.radians(52)) * math.sin(math.radians(15 * hour)), math.cos(math.radians(15 * hour)))
        x, y = math.sin(angle), -math.cos(angle)
        line(draw, [(500 + x * 40, 560 + y * 40), (500 + x * 430, 560 + y * 430)], 3 if hour % 3 else 5)
        label(draw, 500 + x * 470, 560 + y * 470, str((hour + 11) % 12 + 1), 30)
    draw.arc([70 * SCALE, 130 * SCALE, 930 * SCALE, 990 * SCALE], 180, 360, fill=INK, width=3 * SCALE)
    label(draw, 500, 610, "noon line points to true north", 24)
    return finish(image)


def equation() -> Image.Image:
    """The equation of time through a year, in minutes: dial minus clock."""
    image, draw = canvas(1000, 520, (255, 255, 255), (255, 255, 255))
    line(draw, [(100, 40), (100, 440)], 3)
    line(draw, [(100, 240), (960, 240)], 2)
    for minutes in (-15, -10, -5, 0, 5, 10, 15):
        y = 240 - minutes * 12
        line(draw, [(92, y), (100, y)], 3)
        label(draw, 84, y, f"{minutes:+d}" if minutes else "0", anchor="rm")
    for month, name in enumerate("JFMAMJJASOND"):
        label(draw, 100 + (month + 0.5) * 71.6, 480, name)
        line(draw, [(100 + month * 71.6, 236), (100 + month * 71.6, 244)], 2)
    points = []
    for day in range(1, 366):
        turn = 2 * math.pi * (day - 81) / 364
        points.append(
            (100 + (day - 0.5) * 860 / 365, 240 - 12 * (9.87 * math.sin(2 * turn) - 7.53 * math.cos(turn) - 1.5 * math.sin(turn)))
        )
    line(draw, points, 5, (40, 84, 140))
    label(draw, 120, 40, "minutes, dial minus clock", anchor="lm")
    return finish(image)


def paper() -> Image.Image:
    """A page's frame of eight-pointed stars."""
    image, draw = canvas(1000, 700, (246, 238, 220), (236, 224, 198))
    blue, gold = (46, 84, 120), (186, 142, 62)
    for row in range(7):
        for column in range(10):
            x, y = 50 + column * 100, 50 + row * 100
            if 2 <= column <= 7 and 2 <= row <= 4:
                continue
            for turn, fill in ((0.0, blue), (45.0, blue)):
                corners = [
                    (x + 46 * math.cos(math.radians(a + turn)), y + 46 * math.sin(math.radians(a + turn))) for a in (0, 90, 180, 270)
                ]
                shape(draw, corners, fill)
            disc(draw, x, y, 20, gold)
            disc(draw, x, y, 12, (246, 238, 220))
            disc(draw, x, y, 5, blue)
    draw.rectangle([205 * SCALE, 205 * SCALE, 795 * SCALE, 495 * SCALE], outline=gold, width=6 * SCALE)
    for step in range(7):
        y = 245 + step * 35
        line(draw, [(250 + (step % 3) * 24, y), (750, y)], 5, (120, 104, 84))
    return finish(image)


def books() -> Image.Image:
    """Piles of unread books at a window, under the Moon."""
    rng = random.Random(21)  # noqa: S311 - the same picture each time
    image, draw = canvas(1000, 760, (52, 60, 84), (84, 88, 112))
    shape(draw, [(560, 60), (920, 60), (920, 480), (560, 480)], (30, 36, 62))
    disc(draw, 836, 168, 58, (240, 234, 206))
    disc(draw, 860, 152, 52, (30, 36, 62))
    for star in ((620, 120), (660, 260), (880, 330), (720, 400), (600, 420), (870, 100)):
        disc(draw, *star, 2, (226, 226, 220))
    for points in ([(740, 60), (740, 480)], [(560, 270), (920, 270)]):
        line(draw, points, 9, (150, 130, 104))
    draw.rectangle([556 * SCALE, 56 * SCALE, 924 * SCALE, 484 * SCALE], outline=(150, 130, 104), width=10 * SCALE)
    shape(draw, [(0, 690), (1000, 690), (1000, 760), (0, 760)], (112, 88, 66))
    colours = [(150, 70, 58), (70, 104, 110), (196, 160, 96), (96, 110, 74), (120, 92, 120), (204, 196, 176), (62, 72, 98)]
    for centre, top in ((170, 200), (400, 380), (700, 540)):
        y = 690.0
        while y > top:
            thick, wide = rng.uniform(22, 44), rng.uniform(150, 200)
            x = centre + rng.uniform(-16, 16)
            colour = rng.choice(colours)
            shape(draw, [(x - wide / 2, y - thick), (x + wide / 2, y - thick), (x + wide / 2, y), (x - wide / 2, y)], colour)
            line(draw, [(x - wide / 2, y), (x + wide / 2, y)], 2, INK)
            band = (min(255, colour[0] + 44), min(255, colour[1] + 44), min(255, colour[2] + 44))
            line(draw, [(x - wide * 0.3, y - thick / 2), (x + wide * 0.2, y - thick / 2)], thick * 0.16, band)
            y -= thick
    return finish(image)


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "bridge_files/bridge.jpg": bridge,
    "bridge_files/damper.webp": damper,
    "bridge_files/sway.png": sway,
    "tides.jpg": tide,
    "sundial.jpg": sundial,
    "hour-lines.png": hour_lines,
    "equation.png": equation,
    "paper.jpg": paper,
    "books.jpg": books,
}


def main() -> None:
    """Write every picture."""
    for name, draw in PICTURES.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        image = draw()
        if path.suffix == ".png":
            image.quantize(64).save(path, optimize=True)
        else:
            image.save(path, quality=82)


if __name__ == "__main__":
    main()
