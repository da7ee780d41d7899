"""An image classifier as a PyTorch module, exported from Headstart.

    pip install torch numpy pillow
    python3 model.py picture.jpg ...

In a program:

    from model import Classifier, load_picture

    model = Classifier()
    levels = load_picture("picture.jpg", model.side, model.crop)
    probabilities = model(levels[None])[0]  # in the order of model.labels

To train it further, take model.logits(levels) for torch.nn.CrossEntropyLoss.
All that is this classifier's own lies in model.safetensors: the weights, the steps,
the labels, how pictures become square. This script is the same for every one.
"""

import io
import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps
from torch import nn
from torch.nn import functional as F

FILE = Path(__file__).with_name("model.safetensors")
ACTIVATIONS = {"none": lambda x: x, "relu": F.relu, "relu6": F.relu6}


def read_safetensors(path):
    """Tensors by name, and the metadata: https://github.com/huggingface/safetensors#format"""
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        values = np.frombuffer(data[start + first : start + end], "<f4").astype(np.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    return tensors, metadata


def load_picture(path, side, crop):
    """A picture file's levels from 0 to 255 as float32 [3, side, side], red, green, blue.

    The same pixels that the classifier was trained on: no other resampling will do.
    """
    with Image.open(path) as file:
        if not file.info.get("progressive"):
            # A large JPEG at a half, a quarter or an eighth: at least twice the input's side.
            file.draft(None, (2 * side, 2 * side))
        picture = ImageOps.exif_transpose(file)
    if picture.mode.startswith("I"):  # 16 bits of grey, which convert() would clip
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    picture = to_srgb(picture).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(white, picture).convert("RGB")
    width, height = picture.size
    if crop == "centre":
        m = min(width, height)
        left, top = (width - m) // 2, (height - m) // 2
        picture = picture.crop((left, top, left + m, top + m))
    size = (side, side)
    if crop == "pad":
        longer = max(width, height)
        size = tuple(max(1, round(length / longer * side)) for length in (width, height))
    square = Image.new("RGB", (side, side))
    corner = tuple(round((side - length) / 2) for length in size)
    square.paste(picture.resize(size, Image.BILINEAR), corner)
    return torch.from_numpy(np.array(square, np.float32)).permute(2, 0, 1)


def to_srgb(picture):
    """The colours by the profile in the file, where there is one that fits."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture


class Affine(nn.Module):
    """scale * x + offset, channel by channel. Buffers: further training leaves them alone."""

    def __init__(self, channels):
        super().__init__()
        self.register_buffer("scale", torch.ones(channels))
        self.register_buffer("offset", torch.zeros(channels))

    def forward(self, x):
        sides = [-1] + [1] * (x.dim() - 2)
        return x * self.scale.view(sides) + self.offset.view(sides)


class Classifier(nn.Module):
    """Its layers' names are those of the tensors in the file, such as "layers.dense_66.weight"."""

    def __init__(self, path=FILE):
        super().__init__()
        tensors, metadata = read_safetensors(path)
        self.side = int(metadata["side"])
        self.crop = metadata["crop"]
        self.labels = json.loads(metadata["labels"])
        # The first is the input. Shapes are of one picture: [height, width, channels].
        self.steps = json.loads(metadata["steps"])
        self.layers = nn.ModuleDict()
        for step in self.steps:
            layer = self.new_layer(step)
            if layer is not None:
                self.layers[step["id"]] = layer
        self.load_state_dict(tensors)

    def new_layer(self, step):
        outputs = step["shape"][-1]
        if step["kind"] == "affine":
            return Affine(outputs)
        if step["kind"] not in ("convolution", "depthwise", "dense"):
            return None
        inputs = self.steps[step["inputs"][0]]["shape"][-1]
        if step["kind"] == "dense":
            return nn.Linear(inputs, outputs)
        window = step["window"]
        groups = inputs if step["kind"] == "depthwise" else 1
        return nn.Conv2d(
            inputs, outputs, window["size"], window["strides"], 0, window["dilations"], groups
        )

    def forward(self, levels):
        """Levels from 0 to 255 [batch, 3, side, side] to probabilities [batch, labels]."""
        return self.run(levels, self.steps)

    def logits(self, levels):
        """The same without the last softmax."""
        return self.run(levels, self.steps[:-1])

    def run(self, levels, steps):
        values = [levels]
        for step in steps[1:]:
            values.append(self.compute(step, [values[index] for index in step["inputs"]]))
        return values[-1]

    def compute(self, step, inputs):
        kind, x = step["kind"], inputs[0]
        if kind in ("convolution", "depthwise"):
            x = self.layers[step["id"]](pad(x, step["window"]))
        elif kind in ("dense", "affine"):
            x = self.layers[step["id"]](x)
        elif kind == "add":
            x = x + inputs[1]
        elif kind == "average-pool":
            x = average(x, step["window"])
        elif kind == "global-average":
            x = x.mean((2, 3))
        elif kind == "concat":
            # Here the channels come first.
            x = torch.cat(inputs, (2, 3, 1)[step["axis"]] if x.dim() == 4 else 1 + step["axis"])
        elif kind == "reshape":
            x = x.permute(0, 2, 3, 1) if x.dim() == 4 else x
            x = x.reshape(len(x), *step["shape"])
            x = x.permute(0, 3, 1, 2) if x.dim() == 4 else x
        elif kind == "softmax":
            x = x.softmax(1)
        return ACTIVATIONS[step.get("activation", "none")](x)


def pad(x, window):
    """Before and after alike or not, as the window says: Conv2d's own padding can't."""
    (top, bottom), (left, right) = window["padding"]
    return F.pad(x, (left, right, top, bottom))


def average(x, window):
    """Over what lies inside: the padding counts for nothing."""
    size, strides = window["size"], window["strides"]
    inside = F.avg_pool2d(pad(torch.ones_like(x[:1, :1]), window), size, strides)
    return F.avg_pool2d(pad(x, window), size, strides) / inside


@torch.inference_mode()
def main(paths):
    sys.stdout.reconfigure(errors="backslashreplace")
    model = Classifier()
    for path in paths:
        answer = model(load_picture(path, model.side, model.crop)[None])[0]
        print(path)
        for index in answer.argsort(descending=True).tolist():
            # Control characters would speak to the terminal.
            label = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", model.labels[index])
            print(f"{answer[index]:8.2%}  {label}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(__doc__)
    main(sys.argv[1:])
