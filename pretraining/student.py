"""A small network of depthwise separable convolutions (A. Howard et al., "MobileNets", 2017), as a
PyTorch module to train and, its batch norms folded, as a graph."""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from graph import GraphBuilder

#: PyTorch's default is 1e-5; a channel that is silent on a batch shouldn't blow up when folded.
EPSILON = 1e-3


@dataclass(frozen=True)
class Block:
    """A 3x3 convolution, or with `separable` a 3x3 depthwise one and a 1x1."""

    channels: int
    stride: int = 1
    separable: bool = True


class Student(nn.Module):
    def __init__(self, blocks: tuple[Block, ...]):
        super().__init__()
        layers, channels = [], 3
        for block in blocks:
            if block.separable:
                layers.append(Convolution(channels, channels, 3, block.stride, groups=channels))
                layers.append(Convolution(channels, block.channels, 1))
            else:
                layers.append(Convolution(channels, block.channels, 3, block.stride))
            channels = block.channels
        self.layers = nn.Sequential(*layers)
        self.channels = channels

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """pixels: [count, 3, side, side] in [-1, 1]. Returns [count, channels]."""
        return self.layers(pixels).mean((2, 3))


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU; padded as TensorFlow's SAME pads an even side: with stride 2
    on the right and at the bottom only."""

    def __init__(self, inputs: int, outputs: int, size: int, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, groups=groups, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, mode='fan_out' if groups == 1 else 'fan_in')
        self.norm = nn.BatchNorm2d(outputs, eps=EPSILON)
        whole = size - stride if size > 1 else 0
        self.pads = (whole // 2, whole - whole // 2) * 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.norm(self.conv(F.pad(x, self.pads) if any(self.pads) else x)))

    def folded(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weights and biases of the same convolution without a batch norm after it."""
        gain = self.norm.weight / (self.norm.running_var + EPSILON).sqrt()
        bias = self.norm.bias - self.norm.running_mean * gain
        return self.conv.weight * gain[:, None, None, None], bias


@dataclass(frozen=True)
class Map:
    """A node that gives a square map."""

    node: str
    side: int
    channels: int


def add_student(builder: GraphBuilder, student: Student) -> list[Map]:
    """Returns what each of its blocks gives."""
    maps, side, source = [], builder.graph.side_px, 'image'
    for index, layer in enumerate(student.layers):
        weights, bias = (part.detach().float() for part in layer.folded())
        name, stride = f'student/{index}', layer.conv.stride[0]
        side = -(-side // stride)
        if layer.conv.groups > 1:
            kernel = weights.permute(2, 3, 0, 1)
            source = builder.depthwise(source, name, kernel, bias, 'Relu', stride, 'SAME')
        else:
            kernel = weights.permute(2, 3, 1, 0)
            source = builder.conv(source, name, kernel, bias, stride, 'Relu', 'SAME')
            maps.append(Map(source, side, layer.conv.out_channels))
    return maps
