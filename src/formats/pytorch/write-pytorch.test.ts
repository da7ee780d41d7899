import { describe, expect, it } from 'vitest';
import { exampleHead } from '../testing/example-classifier.ts';
import { NetworkWriter } from '../../network/testing/network-writer.ts';
import { classifierNetwork, scalingOfLevels } from '../../network/classifier-network.ts';
import type { Network } from '../../network/network.ts';
import { writePytorch, type PytorchOptions } from './write-pytorch.ts';

const OPTIONS: PytorchOptions = {
  app: 'Headstart 0.1.0',
  labels: ['hat', 'shoe', 'shirt'],
  inputSidePx: 9,
  crop: 'centre',
};

function write(change: Partial<PytorchOptions> = {}, rename = (name: string) => name) {
  const backbone = new NetworkWriter(9, 1)
    .convolution({ outputs: 4, side: 3, stride: 2 })
    .depthwise({}).network;
  const scaling = scalingOfLevels([-1, 1]);
  const { steps } = classifierNetwork(backbone, exampleHead(4, [5, 3]), scaling);
  const network: Network = { steps: steps.map((step) => ({ ...step, name: rename(step.name) })) };
  const [weights, script] = writePytorch(network, { ...OPTIONS, ...change });
  if (weights === undefined || script === undefined) throw new Error('two files');
  const length = Number(new DataView(weights.bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(weights.bytes.subarray(8, 8 + length))) as {
    readonly __metadata__: Readonly<Record<string, string>>;
  } & Readonly<Record<string, unknown>>;
  const { __metadata__: metadata, ...tensors } = header;
  return {
    names: [weights.name, script.name],
    script: new TextDecoder().decode(script.bytes),
    metadata,
    tensors,
  };
}

const shapes = (tensors: Readonly<Record<string, unknown>>) =>
  Object.entries(tensors).map(([name, tensor]) => [name, (tensor as { shape: number[] }).shape]);

describe('writePytorch', () => {
  it('names tensors by kind and number, and lays them out as PyTorch does', () => {
    const { names, tensors, metadata } = write();
    expect(names).toEqual(['model.safetensors', 'model.py']);
    expect(shapes(tensors)).toEqual([
      ['layers.affine_1.scale', [3]],
      ['layers.affine_1.offset', [3]],
      ['layers.convolution_2.weight', [4, 3, 3, 3]],
      ['layers.convolution_2.bias', [4]],
      ['layers.depthwise_3.weight', [4, 1, 3, 3]],
      ['layers.depthwise_3.bias', [4]],
      ['layers.dense_5.weight', [5, 4]],
      ['layers.dense_5.bias', [5]],
      ['layers.dense_6.weight', [3, 5]],
      ['layers.dense_6.bias', [3]],
    ]);
    expect(metadata).toMatchObject({ app: 'Headstart 0.1.0', side: '9', crop: 'centre' });
  });

  it('describes the steps without their weights', () => {
    expect(JSON.parse(write().metadata['steps'] ?? '')).toMatchObject([
      { id: 'input_0', shape: [9, 9, 3] },
      { id: 'affine_1', inputs: [0] },
      { id: 'convolution_2', activation: 'relu6', window: { strides: [2, 2] } },
      { id: 'depthwise_3' },
      { id: 'global-average_4' },
      { id: 'dense_5', activation: 'relu' },
      { id: 'dense_6' },
      { id: 'softmax_7' },
    ]);
    expect(write().metadata['steps']).not.toMatch(/kernel|bias|scale"/u);
  });

  it('keeps names and labels out of the script and of the tensors’ names', () => {
    const hostile = '"""\nimport os # __metadata__ \u2028 layers.dense_6.weight';
    const { script, tensors, metadata } = write({ labels: [hostile, '\ud800', ''] }, () => hostile);
    const usual = write();
    expect(script).toBe(usual.script);
    expect(shapes(tensors)).toEqual(shapes(usual.tensors));
    expect(JSON.parse(metadata['labels'] ?? '')).toEqual([hostile, '\ud800', '']);
  });
});
