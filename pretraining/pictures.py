"""Pictures in: files, centre squares, input sizes, random squares."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SUFFIXES = {'.jpg', '.jpeg', '.png', '.webp'}


def find_pictures(folder: Path) -> list[Path]:
    """All pictures under a folder, in an order that doesn't depend on the disk."""
    found = sorted(path for path in folder.rglob('*') if path.suffix.lower() in SUFFIXES)
    if not found:
        raise SystemExit(f'no pictures in {folder}')
    return found


def open_picture(path: Path) -> Image.Image:
    """Upright, RGB, alpha over white: the app's own decoding (ARCHITECTURE.md, steps 1 and 2)."""
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode in ('RGBA', 'LA', 'P'):
        picture = picture.convert('RGBA')
        white = Image.new('RGBA', picture.size, 'white')
        picture = Image.alpha_composite(white, picture)
    return picture.convert('RGB')


def centre_square(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def random_square(
    picture: Image.Image, random: np.random.Generator, smallest: float
) -> Image.Image:
    """A square of `smallest` to 1 times the shorter side, mirrored every second time."""
    width, height = picture.size
    side = round(min(width, height) * random.uniform(smallest, 1))
    left = random.integers(0, width - side + 1)
    top = random.integers(0, height - side + 1)
    square = picture.crop((left, top, left + side, top + side))
    return ImageOps.mirror(square) if random.random() < 0.5 else square


def to_input(square: Image.Image, side_px: int) -> np.ndarray:
    """[side, side, 3] uint8; Pillow's antialiased triangle filter, as in the app."""
    return np.asarray(square.resize((side_px, side_px), Image.Resampling.BILINEAR))


def load_inputs(paths: list[Path], side_px: int) -> np.ndarray:
    """[count, side, side, 3] uint8, centre squares."""
    return np.stack([to_input(centre_square(open_picture(path)), side_px) for path in paths])
