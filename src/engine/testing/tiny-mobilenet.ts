/**
 * A graph model of MobileNet's shape with seeded weights, small enough for
 * software renderers: what tests use where there are no real weights. With the
 * default names at 224 pixels `@tensorflow-models/mobilenet` loads it.
 */
import {
  createWeightSource,
  writeModel,
  type GeneratedFile,
  type GeneratedWeight,
} from './model-writer.ts';

export interface TinyMobilenetOptions {
  readonly seed?: number;
  readonly sidePx?: number;
  /** Whose node names it has; null for names that tell nothing. */
  readonly version?: 1 | 2 | null;
  /** Numbers in one embedding. */
  readonly features?: number;
  /** With TF Hub's own scaling from [0, 1] in front. */
  readonly fromHub?: boolean;
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Record<string, unknown>;
}

const CLASSES = 5;

/** @returns model.json and its one weight file. */
export function tinyMobilenet(options: TinyMobilenetOptions = {}): GeneratedFile[] {
  const { seed = 1, sidePx = 224, version = 2, features = 32, fromHub = false } = options;
  const prefix = version === null ? 'net' : `module_apply_default/MobilenetV${version}`;
  const pool = `${prefix}/Logits/${version === 1 ? 'global_pool' : 'AvgPool'}`;
  const graph = createGraph(seed);
  let last = graph.input(sidePx);
  if (fromHub) last = graph.hubScaling(last);
  last = graph.conv(`${prefix}/layer_0/Conv2D`, last, 3, 3, 8, 2, true);
  let side = Math.ceil(sidePx / 2);
  for (const [block, channels] of [8, 16, 24].entries()) {
    const filters = [16, 24, features][block] ?? features;
    last = graph.depthwise(`${prefix}/layer_${2 * block + 1}/depthwise`, last, channels);
    side = Math.ceil(side / 2);
    const name = `${prefix}/layer_${2 * block + 2}/Conv2D`;
    last = graph.conv(name, last, 1, channels, filters, 1, true);
  }
  last = graph.averagePool(pool, last, side);
  last = graph.conv(`${prefix}/Logits/Conv2d_1c_1x1/conv`, last, 1, features, CLASSES, 1, false);
  graph.squeeze(`${prefix}/Logits/output`, last);
  return graph.write(sidePx, `${prefix}/Logits/output`);
}

function createGraph(seed: number) {
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
    conv: (
      name: string,
      input: string,
      size: number,
      channels: number,
      filters: number,
      stride: number,
      active: boolean,
    ) => {
      const shape = [size, size, channels, filters];
      const kernel = constant(source.kernel(`${name}_weights`, shape, size * size * channels));
      const bias = constant(source.uniform(`${name}_bias`, filters, -0.1, 0.1));
      return add(name, '_FusedConv2D', [input, kernel, bias], fused(stride, active));
    },
    depthwise: (name: string, input: string, channels: number) => {
      const kernel = constant(source.kernel(`${name}_weights`, [3, 3, channels, 1], 9));
      const bias = constant(source.uniform(`${name}_bias`, channels, -0.1, 0.1));
      return add(name, 'FusedDepthwiseConv2dNative', [input, kernel, bias], fused(2, true));
    },
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
    write: (sidePx: number, output: string) =>
      writeModel(
        {
          format: 'graph-model',
          modelTopology: { node: nodes, versions: { producer: 38 } },
          signature: {
            inputs: { images: signature('images', [-1, sidePx, sidePx, 3]) },
            outputs: { logits: signature(output, [-1, CLASSES]) },
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
