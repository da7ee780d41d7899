/** A graph model in the making, with seeded weights, as TF.js's converter writes one. */
import {
  createWeightSource,
  fanInOf,
  writeModel,
  type Convolution,
  type Depthwise,
  type GeneratedFile,
  type GeneratedWeight,
} from './model-writer.ts';

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Record<string, unknown>;
}

export type GraphWriter = ReturnType<typeof createGraphWriter>;

/** Every method that adds returns the name of its output. */
export function createGraphWriter(seed: number) {
  const nodes: GraphNode[] = [];
  const weights: GeneratedWeight[] = [];
  const source = createWeightSource(seed);
  const add = (name: string, op: string, input: readonly string[], attr: GraphNode['attr']) => {
    nodes.push(input.length === 0 ? { name, op, attr } : { name, op, input, attr });
    return name;
  };
  const constant = (weight: GeneratedWeight) => {
    weights.push(weight);
    const tensor = { dtype: 'DT_FLOAT', tensorShape: dimensions(weight.shape) };
    return add(weight.name, 'Const', [], { dtype: { type: 'DT_FLOAT' }, value: { tensor } });
  };
  const scalar = (name: string, value: number) =>
    constant({ name, shape: [], values: Float32Array.of(value) });

  return {
    input: (sidePx: number) =>
      add('images', 'Placeholder', [], {
        dtype: { type: 'DT_FLOAT' },
        shape: { shape: dimensions([-1, sidePx, sidePx, 3]) },
      }),
    hubScaling: (input: string) => {
      const type = { T: { type: 'DT_FLOAT' } };
      const doubled = add('hub_input/Mul', 'Mul', [input, scalar('hub_input/Mul/y', 2)], type);
      return add('hub_input/Sub', 'Sub', [doubled, scalar('hub_input/Sub/y', 1)], type);
    },
    conv: (name: string, input: string, asked: Convolution) => {
      const { size, channels, filters, stride, active = true } = asked;
      const shape = [size, size, channels, filters];
      const kernel = constant(source.kernel(`${name}_weights`, shape, fanInOf(asked)));
      const bias = constant(source.uniform(`${name}_bias`, filters, -0.1, 0.1));
      return add(name, '_FusedConv2D', [input, kernel, bias], fused(stride, active));
    },
    depthwise: (name: string, input: string, { channels, stride }: Depthwise) => {
      const kernel = constant(source.kernel(`${name}_weights`, [3, 3, channels, 1], 9));
      const bias = constant(source.uniform(`${name}_bias`, channels, -0.1, 0.1));
      return add(name, 'FusedDepthwiseConv2dNative', [input, kernel, bias], fused(stride, true));
    },
    add: (name: string, one: string, other: string) =>
      add(name, 'AddV2', [one, other], { T: { type: 'DT_FLOAT' } }),
    averagePool: (name: string, input: string, side: number) =>
      add(name, 'AvgPool', [input], {
        T: { type: 'DT_FLOAT' },
        ksize: integers([1, side, side, 1]),
        strides: integers([1, 1, 1, 1]),
        padding: { s: btoa('VALID') },
        data_format: { s: btoa('NHWC') },
      }),
    squeeze: (name: string, input: string) =>
      add(name, 'Squeeze', [input], { T: { type: 'DT_FLOAT' }, squeeze_dims: integers([1, 2]) }),
    write: (sidePx: number, output: string, classes: number): GeneratedFile[] =>
      writeModel(
        {
          format: 'graph-model',
          modelTopology: { node: nodes, versions: { producer: 38 } },
          signature: {
            inputs: { images: signature('images', [-1, sidePx, sidePx, 3]) },
            outputs: { logits: signature(output, [-1, classes]) },
          },
        },
        weights,
      ),
  };
}

function fused(stride: number, active: boolean): GraphNode['attr'] {
  const operations = active ? ['BiasAdd', 'Relu6'] : ['BiasAdd'];
  return {
    T: { type: 'DT_FLOAT' },
    strides: integers([1, stride, stride, 1]),
    dilations: integers([1, 1, 1, 1]),
    padding: { s: btoa('SAME') },
    data_format: { s: btoa('NHWC') },
    explicit_paddings: { list: {} },
    fused_ops: { list: { s: operations.map((name) => btoa(name)) } },
    num_args: { i: '1' },
    epsilon: { f: 0 },
  };
}

function integers(values: readonly number[]) {
  return { list: { i: values.map(String) } };
}

function dimensions(shape: readonly number[]) {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function signature(name: string, shape: readonly number[]) {
  return { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: dimensions(shape) };
}
