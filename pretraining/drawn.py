"""Pictures that the recipe draws itself: dead leaves to learn from, shapes and textures to probe
with. The two share no generator, so that the probes stay held out."""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE_PX = 128
SHAPES = ('disc', 'ring', 'square', 'triangle', 'star', 'cross', 'crescent', 'bar')
TEXTURES = ('stripes', 'checks', 'dots', 'bricks', 'zigzag', 'rings', 'grain', 'scribble')


def dead_leaves(random: np.random.Generator) -> Image.Image:
    """Ellipses of sizes from a power law, each hiding what lies under it (A. Lee, D. Mumford,
    J. Huang, "Occlusion Models for Natural Images", 2001)."""
    picture = Image.new('RGB', (SIDE_PX, SIDE_PX))
    draw = ImageDraw.Draw(picture)
    for _ in range(400):
        radius = 3 / math.sqrt(random.uniform(0.003, 1))
        stretch = random.uniform(0.5, 2)
        x, y = random.uniform(0, SIDE_PX, 2)
        box = (x - radius * stretch, y - radius, x + radius * stretch, y + radius)
        draw.ellipse(box, fill=_colour(random))
    return picture.filter(ImageFilter.GaussianBlur(random.uniform(0, 1)))


def draw_task(kind: str, folder: Path, random: np.random.Generator, train=40, test=40) -> None:
    """Writes train/<class>/ and test/<class>/ of `shapes` or `textures`."""
    classes, draw = (SHAPES, _shape) if kind == 'shapes' else (TEXTURES, _texture)
    for part, count in (('train', train), ('test', test)):
        for name in classes:
            (folder / part / name).mkdir(parents=True, exist_ok=True)
            for index in range(count):
                draw(name, random).save(folder / part / name / f'{index:03}.png')


def _colour(random: np.random.Generator) -> tuple[int, int, int]:
    grey = random.uniform(20, 235)
    return tuple(int(np.clip(grey + random.normal(0, 35), 0, 255)) for _ in range(3))


def _grained(picture: Image.Image, random: np.random.Generator, amount: float) -> Image.Image:
    noise = random.normal(0, amount, (picture.height, picture.width, 1))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def _shape(name: str, random: np.random.Generator) -> Image.Image:
    """One shape, anywhere, of any size, turn and colour, on a shaded and grained ground."""
    down = np.linspace(0, 1, SIDE_PX)[:, None, None]
    first, second = np.array(_colour(random)), np.array(_colour(random))
    ground = np.broadcast_to(first * (1 - down) + second * down, (SIDE_PX, SIDE_PX, 3))
    picture = Image.fromarray(ground.astype(np.uint8))
    mask = Image.new('L', (SIDE_PX, SIDE_PX))
    radius = random.uniform(28, 48)
    x, y = random.uniform(radius, SIDE_PX - radius, 2)
    draw_mask(ImageDraw.Draw(mask), name, x, y, radius, random.uniform(0, 2 * math.pi))
    mean = int(np.mean(ground))
    ink = _colour(random)
    while abs(sum(ink) / 3 - mean) < 40:
        ink = _colour(random)
    picture.paste(ink, mask=mask)
    return _grained(picture, random, 8)


def draw_mask(draw: ImageDraw.ImageDraw, name: str, x, y, radius, turn) -> None:
    def ring_of(corners: int, radii: tuple[float, ...]) -> list[tuple[float, float]]:
        return [
            (
                x + radii[i % len(radii)] * math.cos(turn + 2 * math.pi * i / corners),
                y + radii[i % len(radii)] * math.sin(turn + 2 * math.pi * i / corners),
            )
            for i in range(corners)
        ]

    def turned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        c, s = math.cos(turn) * radius, math.sin(turn) * radius
        return [(x + px * c - py * s, y + px * s + py * c) for px, py in points]

    def disc(cx: float, cy: float, r: float, fill: int) -> None:
        draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=fill)

    if name == 'disc':
        disc(x, y, radius, 255)
    elif name == 'ring':
        disc(x, y, radius, 255)
        disc(x, y, radius * 0.6, 0)
    elif name == 'crescent':
        disc(x, y, radius, 255)
        disc(x + math.cos(turn) * radius / 2, y + math.sin(turn) * radius / 2, radius * 0.85, 0)
    elif name == 'cross':
        draw.polygon(turned([(-1, -0.3), (1, -0.3), (1, 0.3), (-1, 0.3)]), fill=255)
        draw.polygon(turned([(-0.3, -1), (0.3, -1), (0.3, 1), (-0.3, 1)]), fill=255)
    elif name == 'bar':
        draw.polygon(turned([(-1, -0.25), (1, -0.25), (1, 0.25), (-1, 0.25)]), fill=255)
    elif name == 'star':
        draw.polygon(ring_of(10, (radius, radius * 0.42)), fill=255)
    else:
        draw.polygon(ring_of({'square': 4, 'triangle': 3}[name], (radius,)), fill=255)


def _texture(name: str, random: np.random.Generator) -> Image.Image:
    """A pattern of two colours at any scale and turn."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX] - SIDE_PX / 2
    turn = random.uniform(0, 2 * math.pi)
    period = random.uniform(10, 26)
    u = (x * math.cos(turn) + y * math.sin(turn)) / period + random.uniform(0, 1)
    v = (y * math.cos(turn) - x * math.sin(turn)) / period + random.uniform(0, 1)
    noise = np.asarray(
        Image.fromarray(random.integers(0, 256, (SIDE_PX, SIDE_PX), np.uint8)).filter(
            ImageFilter.GaussianBlur(period / 8)
        )
    )
    row = np.floor(v)
    pattern = {
        'stripes': lambda: u % 1 < 0.5,
        'checks': lambda: (np.floor(u) + np.floor(v)) % 2 < 1,
        'dots': lambda: np.hypot(u % 1 - 0.5, v % 1 - 0.5) < 0.3,
        'bricks': lambda: (v % 1 > 0.15) & ((u / 2 + row / 2) % 1 > 0.08),
        'zigzag': lambda: (v + np.abs(u % 1 - 0.5) * 1.5) % 1 < 0.5,
        'rings': lambda: np.hypot(u, v) % 1 < 0.5,
        'grain': lambda: noise > np.median(noise),
        'scribble': lambda: np.abs(noise.astype(float) - np.median(noise)) < noise.std() / 2,
    }[name]()
    first, second = _colour(random), _colour(random)
    while abs(sum(first) - sum(second)) < 150:
        second = _colour(random)
    colours = np.where(pattern[:, :, None], first, second).astype(np.uint8)
    return _grained(Image.fromarray(colours), random, 8)
