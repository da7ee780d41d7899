"""A TF.js graph model in memory: built, read, and run with PyTorch.

Tensors are NHWC at every node's border and weights are in TensorFlow's layouts
(convolutions HWIO), so that what runs here is what is written to the file.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

#: What long computations run on.
DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
FUSED = ('_FusedConv2D', 'FusedDepthwiseConv2dNative', '_FusedMatMul')


@dataclass
class Node:
    name: str
    op: str
    inputs: list[str]
    strides: int = 1
    padding: str = 'VALID'
    #: Window of a pooling, in pixels.
    window: tuple[int, int] = (1, 1)
    #: What is computed with it: BiasAdd, Relu, Relu6.
    fused: list[str] = field(default_factory=list)


@dataclass
class Graph:
    side_px: int
    nodes: list[Node]
    #: By name: float32, or int32 for shapes and axes.
    constants: dict[str, torch.Tensor]

    @property
    def output(self) -> str:
        return self.nodes[-1].name


class GraphBuilder:
    """Appends nodes; each method returns the name of what it made."""

    def __init__(self, side_px: int):
        self.graph = Graph(side_px, [Node('image', 'Placeholder', [])], {})

    def conv(
        self, source, name: str, weights, bias=None, stride=1, activation=None, padding='VALID'
    ) -> str:
        """weights: [height, width, in, out]."""
        op = '_FusedConv2D'
        return self._weighted(op, source, name, weights, bias, activation, stride, padding)

    def depthwise(
        self, source, name: str, weights, bias=None, activation=None, stride=1, padding='VALID'
    ) -> str:
        """weights: [height, width, in, multiplier]."""
        op = 'FusedDepthwiseConv2dNative'
        return self._weighted(op, source, name, weights, bias, activation, stride, padding)

    def average(self, source: str, name: str, window: int, stride: int) -> str:
        """Average pooling without padding."""
        return self._add(
            Node(name, 'AvgPool', [source], strides=stride, window=(window, window))
        )

    def simple(self, op: str, name: str, *sources: str) -> str:
        return self._add(Node(name, op, list(sources)))

    def constant(self, name: str, value) -> str:
        self.graph.constants[name] = torch.as_tensor(value)
        return name

    def flatten(self, source: str, name: str, length: int) -> str:
        """To [count, 1, 1, length]."""
        shape = self.constant(f'{name}/shape', torch.tensor([-1, 1, 1, length], dtype=torch.int32))
        return self.simple('Reshape', name, source, shape)

    def concat(self, sources: list[str], name: str) -> str:
        """Along the channels."""
        axis = self.constant(f'{name}/axis', torch.tensor(3, dtype=torch.int32))
        return self.simple('ConcatV2', name, *sources, axis)

    def _weighted(self, op, source, name, weights, bias, activation, stride, padding) -> str:
        inputs = [source, self.constant(f'{name}/weights', weights.float())]
        if bias is None:
            bias = torch.zeros(weights.shape[3] * (weights.shape[2] if 'Depth' in op else 1))
        inputs.append(self.constant(f'{name}/bias', bias.float()))
        fused = ['BiasAdd', *([activation] if activation else [])]
        return self._add(Node(name, op, inputs, strides=stride, padding=padding, fused=fused))

    def _add(self, node: Node) -> str:
        self.graph.nodes.append(node)
        return node.name


def run(graph: Graph, images: np.ndarray, output: str | None = None, batch=50) -> np.ndarray:
    """images: [count, side, side, 3] uint8. Returns [count, features] of a node, scaled from
    [0, 255] to [-1, 1] before."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(images), batch):
            scaled = torch.from_numpy(images[start : start + batch]).float() / 127.5 - 1
            parts.append(run_map(graph, scaled, output).flatten(1))
    return torch.cat(parts).numpy()


def run_map(graph: Graph, scaled: torch.Tensor, output: str | None = None) -> torch.Tensor:
    """scaled: [count, side, side, 3]. Returns a node's output (default: the last one's)."""
    wanted = output or graph.output
    values = dict(graph.constants)
    for node in graph.nodes:
        inputs = [values[name] for name in node.inputs]
        values[node.name] = scaled if node.op == 'Placeholder' else OPS[node.op](node, *inputs)
        if node.name == wanted:
            return values[wanted]
    raise KeyError(wanted)


def _pad_same(x: torch.Tensor, node: Node, window: tuple[int, int]) -> torch.Tensor:
    """TensorFlow's SAME: the odd pixel of padding goes to the right and the bottom."""
    if node.padding == 'VALID':
        return x
    pads = []
    for size, length in zip(reversed(x.shape[2:]), reversed(window)):
        whole = max((-(-size // node.strides) - 1) * node.strides + length - size, 0)
        pads += [whole // 2, whole - whole // 2]
    return F.pad(x, pads)


def _finish(node: Node, y: torch.Tensor) -> torch.Tensor:
    if 'Relu6' in node.fused:
        return y.clamp(0, 6)
    return y.relu() if 'Relu' in node.fused else y


def _conv(node: Node, x, weights, bias) -> torch.Tensor:
    x = _pad_same(x.permute(0, 3, 1, 2), node, tuple(weights.shape[:2]))
    y = F.conv2d(x, weights.permute(3, 2, 0, 1), bias, node.strides)
    return _finish(node, y.permute(0, 2, 3, 1))


def _depthwise(node: Node, x, weights, bias) -> torch.Tensor:
    height, width, channels, multiplier = weights.shape
    x = _pad_same(x.permute(0, 3, 1, 2), node, (height, width))
    kernel = weights.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    y = F.conv2d(x, kernel, bias, node.strides, groups=channels)
    return _finish(node, y.permute(0, 2, 3, 1))


def _average(node: Node, x) -> torch.Tensor:
    return F.avg_pool2d(x.permute(0, 3, 1, 2), node.window, node.strides).permute(0, 2, 3, 1)


OPS = {
    '_FusedConv2D': _conv,
    'FusedDepthwiseConv2dNative': _depthwise,
    '_FusedMatMul': lambda node, x, weights, bias: _finish(node, x @ weights + bias),
    'AvgPool': _average,
    'AddV2': lambda node, a, b: a + b,
    'Sub': lambda node, a, b: a - b,
    'Mul': lambda node, a, b: a * b,
    'Square': lambda node, x: x.square(),
    'Sqrt': lambda node, x: x.sqrt(),
    'Rsqrt': lambda node, x: x.rsqrt(),
    'Relu': lambda node, x: x.relu(),
    'Relu6': lambda node, x: x.clamp(0, 6),
    'Reshape': lambda node, x, shape: x.reshape(shape.tolist()),
    'ConcatV2': lambda node, *inputs: torch.cat(inputs[:-1], int(inputs[-1])),
}


def read_graph(folder: Path) -> Graph:
    """Reads a TF.js graph model's model.json and its weights, up to its last average pooling."""
    model = json.loads((folder / 'model.json').read_text())
    constants = read_weights(folder, model['weightsManifest'])
    nodes, side = [], 0
    for raw in model['modelTopology']['node']:
        if raw['op'] == 'Placeholder':
            side = int(raw['attr']['shape']['shape']['dim'][1]['size'])
        if raw['op'] != 'Const':
            nodes.append(_read_node(raw))
    last = max(i for i, node in enumerate(nodes) if node.op == 'AvgPool')
    return Graph(side, nodes[: last + 1], constants)


def _read_node(raw: dict) -> Node:
    attributes = raw.get('attr', {})

    def numbers(key: str) -> list[int]:
        return [int(i) for i in attributes.get(key, {}).get('list', {}).get('i', [1, 1, 1, 1])]

    window = numbers('ksize')
    fused = attributes.get('fused_ops', {}).get('list', {}).get('s', [])
    padding = attributes.get('padding', {}).get('s')
    return Node(
        raw['name'],
        raw['op'],
        raw.get('input', []),
        strides=numbers('strides')[1],
        padding=base64.b64decode(padding).decode() if padding else 'VALID',
        window=(window[1], window[2]),
        fused=[base64.b64decode(name).decode() for name in fused],
    )


def read_weights(folder: Path, manifest: list) -> dict[str, torch.Tensor]:
    constants = {}
    for group in manifest:
        data = b''.join((folder / path).read_bytes() for path in group['paths'])
        offset = 0
        for spec in group['weights']:
            quantised = spec.get('quantization')
            kind = np.dtype(quantised['dtype'] if quantised else spec['dtype'])
            count = int(np.prod(spec['shape'], dtype=np.int64))
            values = np.frombuffer(data, kind, count, offset)
            offset += values.nbytes
            if quantised and 'scale' in quantised:
                values = values * np.float32(quantised['scale']) + np.float32(quantised['min'])
            values = values.astype('int32' if spec['dtype'] == 'int32' else 'float32')
            constants[spec['name']] = torch.from_numpy(values.reshape(spec['shape']).copy())
    return constants
