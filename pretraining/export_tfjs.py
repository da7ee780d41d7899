"""Writes a graph as a TF.js graph model: model.json and one weights.bin, weights as float16."""

import base64
import json
from pathlib import Path

import numpy as np
import torch

from graph import FUSED, Graph, Node


def write_model(graph: Graph, folder: Path, about: dict) -> None:
    """about: kept in model.json for people to read; TF.js ignores it."""
    folder.mkdir(parents=True, exist_ok=True)
    specs, data = [], b''
    for name, value in graph.constants.items():
        spec, stored = _store(name, value)
        specs.append(spec)
        data += stored.tobytes()
    shape = _shape([-1, graph.side_px, graph.side_px, 3])
    features = _shape([-1, 1, 1, about['embeddingLength']])
    model = {
        'format': 'graph-model',
        'generatedBy': 'pretraining/make.py',
        'convertedBy': None,
        'modelTopology': {'node': _nodes(graph, shape), 'versions': {'producer': 38}},
        'signature': {
            'inputs': {'image': _tensor('image', shape)},
            'outputs': {'embedding': _tensor(graph.output, features)},
        },
        'userDefinedMetadata': about,
        'weightsManifest': [{'paths': ['weights.bin'], 'weights': specs}],
    }
    (folder / 'weights.bin').write_bytes(data)
    (folder / 'model.json').write_text(json.dumps(model, separators=(',', ':')) + '\n')


def round_weights(graph: Graph) -> Graph:
    """The graph that the file holds: its weights as float16 keeps them."""
    rounded = {
        name: value.half().float() if value.is_floating_point() else value
        for name, value in graph.constants.items()
    }
    return Graph(graph.side_px, graph.nodes, rounded)


def _store(name: str, value: torch.Tensor) -> tuple[dict, np.ndarray]:
    spec = {'name': name, 'shape': list(value.shape)}
    if not value.is_floating_point():
        return {**spec, 'dtype': 'int32'}, value.numpy().astype('<i4')
    quantised = {'dtype': 'float16', 'original_dtype': 'float32'}
    return {**spec, 'dtype': 'float32', 'quantization': quantised}, value.numpy().astype('<f2')


def _nodes(graph: Graph, image_shape: dict) -> list[dict]:
    constants = [
        {
            'name': name,
            'op': 'Const',
            'attr': {'dtype': _type(value), 'value': {'tensor': _tensor_value(value)}},
        }
        for name, value in graph.constants.items()
    ]
    return constants + [_node(node, image_shape) for node in graph.nodes]


def _node(node: Node, image_shape: dict) -> dict:
    if node.op == 'Placeholder':
        attributes = {'dtype': {'type': 'DT_FLOAT'}, 'shape': {'shape': image_shape}}
        return {'name': node.name, 'op': node.op, 'attr': attributes}
    attributes: dict = {'T': {'type': 'DT_FLOAT'}}
    if node.op in FUSED or node.op == 'AvgPool':
        attributes['strides'] = _list('i', [1, node.strides, node.strides, 1])
        attributes['padding'] = {'s': _text(node.padding)}
        attributes['data_format'] = {'s': _text('NHWC')}
    if node.op in FUSED:
        attributes['dilations'] = _list('i', [1, 1, 1, 1])
        attributes['fused_ops'] = {'list': {'s': [_text(name) for name in node.fused]}}
        attributes['num_args'] = {'i': '1'}
    if node.op == 'AvgPool':
        attributes['ksize'] = _list('i', [1, *node.window, 1])
    if node.op == 'ConcatV2':
        attributes['N'] = {'i': str(len(node.inputs) - 1)}
    return {'name': node.name, 'op': node.op, 'input': node.inputs, 'attr': attributes}


def _tensor(node: str, shape: dict) -> dict:
    return {'name': f'{node}:0', 'dtype': 'DT_FLOAT', 'tensorShape': shape}


def _tensor_value(value: torch.Tensor) -> dict:
    return {'dtype': _type(value)['type'], 'tensorShape': _shape(list(value.shape))}


def _type(value: torch.Tensor) -> dict:
    return {'type': 'DT_FLOAT' if value.is_floating_point() else 'DT_INT32'}


def _shape(sizes: list[int]) -> dict:
    return {'dim': [{'size': str(size)} for size in sizes]}


def _list(kind: str, values: list[int]) -> dict:
    return {'list': {kind: [str(value) for value in values]}}


def _text(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
