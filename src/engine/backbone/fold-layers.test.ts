import { describe, expect, it } from 'vitest';
import { partsOf } from '../testing/parts.ts';
import { tinyLayersModel, type TinyLayersOptions } from '../testing/tiny-layers-model.ts';
import { foldLayers } from './fold-layers.ts';
import { readLayers, type LayersFacts } from './layers-topology.ts';

function factsOf(options: TinyLayersOptions): LayersFacts {
  const facts = readLayers(partsOf(tinyLayersModel(options)).json);
  if (facts === null) throw new Error('no facts');
  return facts;
}

describe('readLayers', () => {
  it('reads names, inputs, shape and what the name tells', () => {
    const facts = factsOf({ sidePx: 96 });
    expect(facts).toMatchObject({
      inputShape: [-1, 96, 96, 3],
      output: 'last_BN_relu',
      isMobilenet: true,
      ownScaling: null,
    });
    expect(facts.layers.find(({ name }) => name === 'add')?.inputs).toEqual([
      'block_project_BN',
      'project_BN',
    ]);
    expect(factsOf({ name: 'birds' }).isMobilenet).toBe(false);
  });

  it('reads a Sequential, the old form too', () => {
    const layers = [
      { class_name: 'Rescaling', config: { name: 'r', batch_input_shape: [null, 32, 32, 3] } },
      { class_name: 'Dense', config: { name: 'd' } },
    ];
    for (const config of [{ layers }, layers]) {
      const topology = { model_config: { class_name: 'Sequential', config } };
      const json = { kind: 'layers-model', topology, signature: null, groups: [] } as const;
      const facts = readLayers(json);
      expect(facts).toMatchObject({
        output: 'd',
        inputShape: [-1, 32, 32, 3],
        ownScaling: [0, 255],
      });
      expect(facts?.layers[1]?.inputs).toEqual(['r']);
    }
  });
});

describe('foldLayers', () => {
  it('leaves nothing but convolutions and additions', () => {
    const network = foldLayers(factsOf({}));
    expect(network?.steps.map(({ kind }) => kind).join(' ')).toBe(
      'input convolution convolution convolution convolution convolution convolution add ' +
        'convolution convolution',
    );
    const [, stem] = network?.steps ?? [];
    expect(stem).toMatchObject({
      convolution: {
        padding: [
          [0, 1],
          [0, 1],
        ],
        activation: 'relu6',
        batchNorm: { layer: 'stem_BN', epsilon: 1e-3 },
      },
    });
  });

  it('stops before the classifier', () => {
    expect(foldLayers(factsOf({ top: true }))?.featureLayer).toBe('pool');
    expect(foldLayers(factsOf({}))?.featureLayer).toBe('last_BN_relu');
  });

  it('leaves a network alone that has a layer it does not know', () => {
    expect(foldLayers(factsOf({ unknownLayer: true }))).toBeNull();
  });

  it('leaves a network alone where something else sees a convolution before its norm', () => {
    const facts = factsOf({});
    const layers = facts.layers.map((layer) =>
      layer.name === 'add' ? { ...layer, inputs: ['block_project', 'project_BN'] } : layer,
    );
    expect(foldLayers({ ...facts, layers })).toBeNull();
  });
});
