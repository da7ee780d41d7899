"""Reads a Keras-style TF.js layers model of plain convolutions into a graph, to compare with: its
batch norms folded, its zero paddings (right and bottom, before a stride of 2) as SAME."""

import json
from pathlib import Path

from graph import Graph, GraphBuilder, Node, read_weights


def read_layers_model(folder: Path) -> Graph:
    """Up to its last layer, and an average over that one's map."""
    model = json.loads((folder / 'model.json').read_text())
    weights = read_weights(folder, model['weightsManifest'])
    config = model['modelTopology'].get('model_config', model['modelTopology'])['config']
    layers = config['layers']
    side = layers[0]['config']['batch_input_shape'][1]
    builder = GraphBuilder(side)
    #: What each layer's output is called in the graph, and its map's side.
    names, sides = {}, {}
    for layer in layers:
        sources = [inbound[0] for inbound in (layer['inbound_nodes'] or [[]])[0]]
        name = layer['name']
        names[name] = _add(builder, layer, [names[source] for source in sources], weights)
        stride = layer['config'].get('strides', [1])[0]
        sides[name] = -(-sides[sources[0]] // stride) if sources else side
    builder.average(names[name], 'embedding', sides[name], 1)
    return builder.graph


def _add(builder: GraphBuilder, layer: dict, sources: list[str], weights: dict) -> str:
    kind, config, name = layer['class_name'], layer['config'], layer['name']
    if kind == 'InputLayer':
        return 'image'
    if kind == 'ZeroPadding2D':
        return sources[0]
    if kind == 'BatchNormalization':
        return _fold(builder.graph, sources[0], name, config['epsilon'], weights)
    if kind == 'Add':
        return builder.simple('AddV2', name, *sources)
    if kind == 'ReLU':
        return builder.simple('Relu6' if config['max_value'] == 6 else 'Relu', name, *sources)
    stride = config['strides'][0]
    if kind == 'Conv2D':
        kernel = weights[f'{name}/kernel']
        return builder.conv(sources[0], name, kernel, stride=stride, padding='SAME')
    if kind == 'DepthwiseConv2D':
        kernel = weights[f'{name}/depthwise_kernel']
        return builder.depthwise(sources[0], name, kernel, stride=stride, padding='SAME')
    raise ValueError(f'{kind} in {name}')


def _fold(graph: Graph, source: str, name: str, epsilon: float, weights: dict) -> str:
    """A batch norm into the convolution before it."""
    conv: Node = next(node for node in graph.nodes if node.name == source)
    spread = (weights[f'{name}/moving_variance'] + epsilon).sqrt()
    gain = weights[f'{name}/gamma'] / spread
    kernel, bias = (graph.constants[key] for key in conv.inputs[1:])
    depthwise = conv.op == 'FusedDepthwiseConv2dNative'
    graph.constants[conv.inputs[1]] = kernel * (gain[:, None] if depthwise else gain)
    shift = weights[f'{name}/beta'] - weights[f'{name}/moving_mean'] * gain
    graph.constants[conv.inputs[2]] = bias * gain + shift
    return source
