import { foldBatchNorm } from './batch-norm.ts';
import { NotTranslatable } from './step-list.ts';
import type { Building, Operation } from './operation.ts';
import {
  readActivation,
  readBatchNorm,
  readConvolution,
  readPadding,
  readRelu,
} from './layer-config.ts';
import { readLayers, type LayerNode } from './layers-topology.ts';
import type { ModelJson } from './model-parts.ts';

/** A layers model's layers, each with the way to build it. */
export function layerOperations(json: ModelJson): {
  operations: readonly Operation[];
  output: string | null;
} {
  const facts = readLayers(json);
  const operations = (facts?.layers ?? []).map((layer) => ({
    name: layer.name,
    type: layer.className,
    inputs: layer.inputs,
    build: (building: Building) => {
      const build = Object.hasOwn(LAYERS, layer.className) ? LAYERS[layer.className] : undefined;
      if (build === undefined) throw new NotTranslatable('it is not known here');
      build(layer, building);
    },
  }));
  return { operations, output: facts?.output ?? null };
}

const LAYERS: Readonly<Record<string, (layer: LayerNode, building: Building) => void>> = {
  InputLayer: ({ name }, { network, inputSidePx }) => {
    network.input(name, [inputSidePx, inputSidePx, 3]);
  },
  ZeroPadding2D: ({ name, config, inputs: [source = ''] }, { network }) => {
    network.pad(name, source, known(readPadding(config)));
  },
  Conv2D: convolve,
  DepthwiseConv2D: convolve,
  BatchNormalization: normalise,
  ReLU: ({ name, config, inputs: [source = ''] }, { network }) => {
    network.activate(name, source, known(readRelu(config)));
  },
  Activation: ({ name, config, inputs: [source = ''] }, { network }) => {
    if (config['activation'] === 'softmax') network.softmax(name, source);
    else network.activate(name, source, known(readActivation(config)));
  },
  Add: ({ name, inputs }, { network }) => {
    network.add(name, inputs);
  },
  Concatenate: ({ name, config, inputs }, { network }) => {
    const { axis = -1 } = config;
    if (typeof axis !== 'number') throw new NotTranslatable('an axis that is no number');
    network.concat(name, inputs, axis < 0 ? axis : axis - 1);
  },
  Dropout: ({ name, inputs: [source = ''] }, { network }) => {
    network.alias(name, source);
  },
  GlobalAveragePooling2D: ({ name, config, inputs: [source = ''] }, { network }) => {
    if (config['keepdims'] === true) throw new NotTranslatable('a pooling that keeps its sides');
    network.globalAverage(name, source);
  },
  Flatten: ({ name, inputs: [source = ''] }, { network }) => {
    network.reshape(name, source, [-1]);
  },
  Reshape: ({ name, config, inputs: [source = ''] }, { network }) => {
    const { target_shape: shape } = config;
    const sides = Array.isArray(shape) ? (shape as unknown[]).map(Number) : [NaN];
    network.reshape(name, source, sides);
  },
  Dense: ({ name, config, inputs: [source = ''] }, { network, weight }) => {
    const kernel = weight(`${name}/kernel`);
    const bias = config['use_bias'] === false ? null : weight(`${name}/bias`);
    const isSoftmax = config['activation'] === 'softmax';
    const activation = isSoftmax ? 'none' : known(readActivation(config));
    const answer = isSoftmax ? `${name}/logits` : name;
    network.dense(answer, source, { kernel, bias, activation });
    if (isSoftmax) network.softmax(name, answer);
  },
};

function convolve(layer: LayerNode, { network, weight }: Building): void {
  const { type, hasBias, activation, ...wanted } = known(readConvolution(layer));
  const { name, inputs } = layer;
  const kernel = weight(`${name}/${type === 'depthwise' ? 'depthwise_kernel' : 'kernel'}`);
  const bias = hasBias ? weight(`${name}/bias`) : null;
  network.convolve(name, inputs[0] ?? '', type, { kernel, bias, activation }, wanted);
}

function normalise(layer: LayerNode, { network, weight }: Building): void {
  const { epsilon, center, scale } = known(readBatchNorm(layer));
  const { name, inputs } = layer;
  const mean = weight(`${name}/moving_mean`).values;
  const variance = weight(`${name}/moving_variance`).values;
  const gamma = scale ? weight(`${name}/gamma`).values : null;
  const beta = center ? weight(`${name}/beta`).values : null;
  const folded = foldBatchNorm({ mean, variance, gamma, beta, epsilon });
  network.scale(name, inputs[0] ?? '', folded.scale, folded.offset);
}

function known<T>(config: T | null): T {
  if (config === null) throw new NotTranslatable('a setting that has no equal');
  return config;
}
