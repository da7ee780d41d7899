import { describe, expect, it } from 'vitest';
import { partsOf } from '../../engine/testing/parts.ts';
import { tinyMobilenet } from '../../engine/testing/tiny-mobilenet.ts';
import { readGraph } from './graph-topology.ts';
import type { ModelJson } from './model-parts.ts';

/** A graph of nodes given as [name, op, inputs]. */
function graphOf(nodes: readonly (readonly [string, string, readonly string[]])[]): ModelJson {
  const node = nodes.map(([name, op, input]) => ({ name, op, input, attr: {} }));
  return { kind: 'graph-model', topology: { node }, signature: null, groups: [] };
}

describe('readGraph', () => {
  it('finds the pooled node that the mobilenet package asks for', () => {
    expect(readGraph(partsOf(tinyMobilenet()).json)).toEqual({
      input: 'images',
      inputShape: [-1, 224, 224, 3],
      featureNodes: ['module_apply_default/MobilenetV2/Logits/AvgPool'],
      fromHub: false,
      mobilenetVersion: 2,
    });
    expect(readGraph(partsOf(tinyMobilenet({ version: 1 })).json)).toMatchObject({
      featureNodes: ['module_apply_default/MobilenetV1/Logits/global_pool'],
      mobilenetVersion: 1,
    });
  });

  it("recognises TF Hub's own scaling", () => {
    expect(readGraph(partsOf(tinyMobilenet({ fromHub: true })).json)?.fromHub).toBe(true);
  });

  it('takes the last pooling on the way to the output, in whatever order nodes stand', () => {
    const facts = readGraph(
      graphOf([
        ['logits', 'MatMul', ['pooled', 'w']],
        ['pooled', 'Mean', ['joined', 'axes']],
        ['joined', 'Mul', ['conv', 'squeezed']],
        ['squeezed', 'Mean', ['conv', 'axes']],
        ['conv', 'Conv2D', ['input', 'k']],
        ['input', 'Placeholder', []],
        ['aside', 'AvgPool', ['input']],
      ]),
    );
    expect(facts?.featureNodes).toEqual(['pooled']);
  });

  it('falls back to what goes into the last dense layer', () => {
    const facts = readGraph(
      graphOf([
        ['input', 'Placeholder', []],
        ['conv', 'Conv2D', ['input', 'k']],
        ['flat', 'Reshape', ['conv', 'shape']],
        ['fc1', '_FusedMatMul', ['flat:0', 'w1']],
        ['fc2', '_FusedMatMul', ['fc1', 'w2', '^control']],
      ]),
    );
    expect(facts?.featureNodes).toEqual(['fc1']);
  });

  it('refuses several inputs', () => {
    const json = graphOf([
      ['a', 'Placeholder', []],
      ['b', 'Placeholder', []],
    ]);
    expect(readGraph(json)).toBeNull();
  });

  it('survives cycles and nonsense', () => {
    expect(readGraph(graphOf([['a', 'Add', ['a']]]))).toBeNull();
    const json = graphOf([]);
    const nonsense = { ...json, topology: { node: [null, 3, { name: 7, input: 'x' }] } };
    expect(readGraph(nonsense)).toBeNull();
  });
});
