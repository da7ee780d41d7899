"""What load_picture makes of pictures whose pixels are known, each as a list of
levels or as whether it is what Pillow gives by the longer way."""
import json
import struct

import numpy as np
from model import load_picture
from PIL import Image


def load(picture, name, side=8, crop="centre", **options):
    picture.save(name, **options)
    return load_picture(name, side, crop).permute(1, 2, 0).numpy().astype(int)


def first(*given, **options):
    return load(*given, **options)[0, 0].tolist()


def display_p3():
    """A colour profile by the letter of ICC.1:2010: Display P3's primaries, sRGB's curve."""
    number = lambda value: struct.pack(">i", round(value * 65536))
    numbers = lambda *values: b"".join(map(number, values))
    colour = lambda *values: b"XYZ " + bytes(4) + numbers(*values)
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0)
    curve += numbers(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    white = (0.9642, 1, 0.8249)
    tags = {b"wtpt": colour(*white), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    tags[b"rXYZ"] = colour(0.51512, 0.2412, -0.00105)
    tags[b"gXYZ"] = colour(0.29198, 0.69225, 0.04189)
    tags[b"bXYZ"] = colour(0.1571, 0.06657, 0.78407)
    table, data, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value
    head = struct.pack(">I4sI12s", start + len(data), b"lcms", 0x04300000, b"mntrRGB XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + numbers(*white)
    return head.ljust(128, b"\0") + table + data


def plain(mode, colour):
    return Image.new(mode, (8, 8), colour)


def turned():
    """Lies on its side: what is red at the right of the top belongs at the left of it."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:2, 6:] = 255, 0, 0
    exif = Image.Exif()
    exif[0x112] = 8
    return first(Image.fromarray(pixels), "turned.png", exif=exif)


def photograph(**options):
    """Whether a large JPEG is decoded at a half, and whether in full."""
    noise = np.random.default_rng(1).integers(0, 256, (67, 65, 3), np.uint8)
    found = load(Image.fromarray(noise), "photograph.jpg", 16, "stretch", **options)
    half, full = Image.open("photograph.jpg"), Image.open("photograph.jpg")
    half.draft(None, (32, 33))
    assert half.size == (33, 34)
    return [
        np.array_equal(found, np.asarray(one.resize((16, 16), Image.BILINEAR))) for one in (half, full)
    ]


grey16 = Image.fromarray(np.full((8, 8), 0x80C0, np.int32), "I")
palette = plain("P", 1)
palette.putpalette([9, 8, 7, 20, 30, 40])
print(
    json.dumps(
        {
            "transparent": first(plain("RGBA", (10, 20, 30, 0)), "transparent.png"),
            "translucent": first(plain("RGBA", (0, 100, 255, 51)), "translucent.png"),
            "palette": first(palette, "palette.png"),
            "transparent palette": first(palette, "transparent.gif", transparency=1),
            "grey": first(plain("L", 77), "grey.png"),
            "grey of 16 bits": first(grey16, "grey16.png"),
            "ink": first(plain("CMYK", (0, 0, 0, 255)), "ink.jpg", quality=100),
            "wide colours": first(plain("RGB", (200, 100, 50)), "p3.png", icc_profile=display_p3()),
            "broken profile": first(plain("RGB", (200, 100, 50)), "x.png", icc_profile=b"none"),
            "turned": turned(),
            "large photograph": photograph(),
            "progressive photograph": photograph(progressive=True),
        }
    )
)
