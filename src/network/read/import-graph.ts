import type { WindowRequest } from './builder.ts';
import { NotTranslatable } from './step-list.ts';
import { readAttributes, readNodes, type Attributes, type GraphNode } from './graph-topology.ts';
import { foldBatchNorm, type Building, type Operation } from './operation.ts';
import { isRecord, type ModelJson } from './model-parts.ts';
import type { Activation, Padding } from '../network.ts';
import type { Weight } from './weights.ts';

/** A node as it is built. */
interface Node extends Attributes {
  readonly name: string;
  /** The outputs that it takes. */
  readonly inputs: readonly string[];
  /** @throws NotTranslatable where that input is no constant. @param index among all inputs. */
  readonly constant: (index: number) => Weight;
  readonly isConstant: (index: number) => boolean;
}

/** A graph model's nodes, each with the way to build it; constants go into what takes them. */
export function graphOperations({ topology, signature }: ModelJson): {
  operations: readonly Operation[];
  output: string | null;
} {
  const nodes = readNodes(topology['node']);
  const constants = new Set(nodes.filter(({ op }) => op === 'Const').map(({ name }) => name));
  const operations = nodes
    .filter(({ op }) => op !== 'Const')
    .map((node) => ({
      name: node.name,
      type: node.op,
      inputs: node.inputs.filter((input) => !constants.has(input)),
      build: (building: Building) => {
        buildNode(node, constants, building);
      },
    }));
  return { operations, output: outputInSignature(signature) ?? onlySink(operations) };
}

function buildNode(node: GraphNode, constants: ReadonlySet<string>, building: Building): void {
  const build = Object.hasOwn(NODES, node.op) ? NODES[node.op] : undefined;
  if (build === undefined) throw new NotTranslatable('it is not known here');
  const isConstant = (index: number) => constants.has(node.inputs[index] ?? '');
  const built: Node = {
    ...readAttributes(node.attributes),
    name: node.name,
    inputs: node.inputs.filter((input) => !constants.has(input)),
    isConstant,
    constant: (index) => {
      if (!isConstant(index)) throw new NotTranslatable('a weight that is computed');
      return building.weight(node.inputs[index] ?? '');
    },
  };
  build(built, built.inputs[0] ?? '', building);
}

type Build = (node: Node, source: string, building: Building) => void;

const NODES: Readonly<Record<string, Build>> = {
  Placeholder: ({ name }, _, { network, inputSidePx }) => {
    network.input(name, [inputSidePx, inputSidePx, 3]);
  },
  Identity: ({ name }, source, { network }) => {
    network.alias(name, source);
  },
  Conv2D: convolve('convolution'),
  _FusedConv2D: convolve('convolution'),
  DepthwiseConv2dNative: convolve('depthwise'),
  FusedDepthwiseConv2dNative: convolve('depthwise'),
  MatMul: multiply,
  _FusedMatMul: multiply,
  BiasAdd: (node, source, { network }) => {
    network.scale(node.name, source, [1], node.constant(1).values);
  },
  Add: add,
  AddV2: add,
  Sub: (node, source, { network }) => {
    network.scale(
      node.name,
      source,
      [1],
      node.constant(1).values.map((value) => -value),
    );
  },
  Mul: (node, source, { network }) => {
    const { values } = node.constant(node.isConstant(0) ? 0 : 1);
    network.scale(node.name, source, values, [0]);
  },
  FusedBatchNorm: normalise,
  FusedBatchNormV3: normalise,
  Relu: ({ name }, source, { network }) => {
    network.activate(name, source, 'relu');
  },
  Relu6: ({ name }, source, { network }) => {
    network.activate(name, source, 'relu6');
  },
  Pad: pad,
  AvgPool: (node, source, { network }) => {
    const size = node.spatial('ksize');
    network.averagePool(node.name, source, { size, ...windowOf(node) });
  },
  Mean: (node, source, { network }) => {
    const axes = [...node.constant(1).values].sort((a, b) => a - b);
    if (String(axes) !== '1,2') throw new NotTranslatable(`a mean over axes ${String(axes)}`);
    if (!node.flag('keep_dims')) {
      network.globalAverage(node.name, source);
      return;
    }
    const mean = `${node.name}/mean`;
    network.globalAverage(mean, source);
    network.reshape(node.name, mean, [1, 1, -1]);
  },
  ConcatV2: (node, _, { network }) => {
    const [axis = 0] = node.constant(node.inputs.length).values;
    if (axis === 0) throw new NotTranslatable('a concatenation of batches');
    network.concat(node.name, node.inputs, axis < 0 ? axis : axis - 1);
  },
  Reshape: (node, source, { network }) => {
    const [batch, ...sides] = node.constant(1).values;
    if (batch !== -1) throw new NotTranslatable('a new shape for one batch size');
    network.reshape(node.name, source, sides);
  },
  Squeeze: (node, source, { network }) => {
    const axes = new Set(node.integers('squeeze_dims').map((axis) => axis - 1));
    const shape = network.shapeOf(source);
    const sides = shape.filter((side, i) => side !== 1 || (axes.size > 0 && !axes.has(i)));
    network.reshape(node.name, source, sides);
  },
  Softmax: ({ name }, source, { network }) => {
    network.softmax(name, source);
  },
};

function convolve(kind: 'convolution' | 'depthwise'): Build {
  return (node, source, { network }) => {
    const weighted = { kernel: node.constant(1), ...fusedWith(node) };
    network.convolve(node.name, source, kind, weighted, windowOf(node));
  };
}

function multiply(node: Node, source: string, { network }: Building): void {
  if (node.flag('transpose_a') || node.flag('transpose_b')) {
    throw new NotTranslatable('a transposed product');
  }
  network.dense(node.name, source, { kernel: node.constant(1), ...fusedWith(node) });
}

/** Converters fuse a bias and an activation into what they follow; nothing else is known here. */
function fusedWith(node: Node): { bias: Weight | null; activation: Activation } {
  const names = node.texts('fused_ops');
  const [first, ...rest] = names[0] === 'BiasAdd' ? names.slice(1) : names;
  const activation = first === undefined ? 'none' : FUSED.get(first);
  if (activation === undefined || rest.length > 0) {
    throw new NotTranslatable(`fused with ${names.join(', ')}`);
  }
  return { bias: names[0] === 'BiasAdd' ? node.constant(2) : null, activation };
}

const FUSED: ReadonlyMap<string, Activation> = new Map([
  ['Relu', 'relu'],
  ['Relu6', 'relu6'],
]);

function windowOf(node: Node): Omit<WindowRequest, 'size'> {
  if (node.text('data_format', 'NHWC') !== 'NHWC') throw new NotTranslatable('channels first');
  return {
    strides: node.spatial('strides'),
    dilations: node.spatial('dilations'),
    padding: paddingOf(node),
  };
}

function paddingOf(node: Node): 'same' | Padding {
  const padding = node.text('padding', '');
  if (padding === 'SAME') return 'same';
  if (padding === 'VALID') return spatialPadding([0, 0, 0, 0, 0, 0, 0, 0]);
  if (padding === 'EXPLICIT') return spatialPadding(node.integers('explicit_paddings'));
  throw new NotTranslatable(`padding ${padding}`);
}

/** @param sides before and after along batch, rows, columns and channels. */
function spatialPadding(sides: ArrayLike<number>): Padding {
  const [, , top = NaN, bottom = NaN, left = NaN, right = NaN, ...channels] = Array.from(sides);
  if (sides.length !== 8 || [sides[0], sides[1], ...channels].some((side) => side !== 0)) {
    throw new NotTranslatable('a padding of more than rows and columns');
  }
  return [
    [top, bottom],
    [left, right],
  ];
}

function pad(node: Node, source: string, { network }: Building): void {
  network.pad(node.name, source, spatialPadding(node.constant(1).values));
}

function add(node: Node, source: string, { network }: Building): void {
  const constant = [0, 1].find((index) => node.isConstant(index));
  if (constant === undefined) network.add(node.name, node.inputs);
  else network.scale(node.name, source, [1], node.constant(constant).values);
}

function normalise(node: Node, source: string, { network }: Building): void {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => node.constant(index).values);
  if (!gamma || !beta || !mean || !variance)
    throw new NotTranslatable('a batch norm without weights');
  // TensorFlow's default, where the node doesn't say.
  const epsilon = node.number('epsilon', 1e-4);
  const { scale, offset } = foldBatchNorm({ mean, variance, gamma, beta, epsilon });
  network.scale(node.name, source, scale, offset);
}

function outputInSignature(signature: ModelJson['signature']): string | null {
  const outputs = isRecord(signature?.['outputs']) ? Object.values(signature['outputs']) : [];
  const [only] = outputs;
  if (outputs.length !== 1 || !isRecord(only)) return null;
  return typeof only['name'] === 'string' ? only['name'].replace(/:\d+$/u, '') : null;
}

function onlySink(operations: readonly Operation[]): string | null {
  const consumed = new Set(operations.flatMap(({ inputs }) => inputs));
  const sinks = operations.filter(({ name }) => !consumed.has(name));
  return sinks.length === 1 ? (sinks[0]?.name ?? null) : null;
}
