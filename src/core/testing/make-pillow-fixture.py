"""Writes pillow-fixture.json beside it: what Pillow makes of patterns that the
tests draw by the same formula. Needs Pillow (Debian: python3-pil).

    /usr/bin/python3 src/core/testing/make-pillow-fixture.py
"""
import base64, json, pathlib
import PIL
from PIL import Image, ImageOps

CASES = [
    # width, height, side, crop
    (97, 61, 16, 'stretch'),
    (61, 97, 16, 'centre'),
    (97, 62, 15, 'centre'),
    (13, 9, 17, 'stretch'),
    (5, 5, 12, 'centre'),
    (40, 23, 16, 'pad'),
    (23, 40, 16, 'pad'),
    (7, 30, 15, 'pad'),
    (300, 7, 16, 'stretch'),
    (300, 12, 16, 'pad'),
    (16, 16, 16, 'centre'),
    (1, 40, 8, 'stretch'),
]


def pattern(width, height):
    """The same formula stands in resize.test.ts."""
    image = Image.new('RGB', (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel(
                (x, y),
                tuple((x * (7 + 4 * c) + y * (13 - 2 * c) + x * y * (c + 1) + 90 * c) % 256 for c in range(3)),
            )
    return image


def square(image, side, crop):
    width, height = image.size
    if crop == 'pad':
        return ImageOps.pad(image, (side, side), Image.BILINEAR, (0, 0, 0))
    if crop == 'centre':
        shorter = min(width, height)
        left, top = (width - shorter) // 2, (height - shorter) // 2
        image = image.crop((left, top, left + shorter, top + shorter))
    return image.resize((side, side), Image.BILINEAR)


cases = [
    {
        'widthPx': width,
        'heightPx': height,
        'sidePx': side,
        'crop': crop,
        'rgb': base64.b64encode(square(pattern(width, height), side, crop).tobytes()).decode(),
    }
    for width, height, side, crop in CASES
]
fixture = {'pillow': PIL.__version__, 'cases': cases}
path = pathlib.Path(__file__).with_name('pillow-fixture.json')
path.write_text(json.dumps(fixture, indent=2) + '\n')
