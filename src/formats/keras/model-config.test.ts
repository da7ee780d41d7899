import { expect, test } from 'vitest';
import { orderAsKeras } from './model-config.ts';
import { branchingLayers, branchingOrder } from './testing/branching-layers.ts';

test('the longest way to the output decides, and what the output does not need is left out', () => {
  expect(orderAsKeras(branchingLayers).map(({ name }) => name)).toEqual(branchingOrder);
});

test('every layer keeps its inputs, in their order', () => {
  const ordered = orderAsKeras(branchingLayers);
  const inputsOf = (wanted: string) =>
    ordered
      .find(({ name }) => name === wanted)
      ?.inputs.map((index) => ordered.at(index)?.name ?? index);
  expect(inputsOf('image')).toEqual([]);
  expect(inputsOf('first')).toEqual(['image']);
  expect(inputsOf('sum')).toEqual(['shortcut', 'second']);
  expect(inputsOf('each_relu')).toEqual(['each']);
});

test('among layers as far from the output, the one that a walk back meets first comes first', () => {
  const layer = (name: string, inputs: readonly number[]) => ({
    className: 'Add',
    name,
    config: {},
    inputs,
    weights: [],
  });
  const layers = [
    layer('input', []),
    layer('left', [0]),
    layer('right', [0]),
    layer('both', [2, 1, 0]),
  ];
  const ordered = orderAsKeras(layers);
  expect(ordered.map(({ name }) => name)).toEqual(['input', 'right', 'left', 'both']);
  expect(ordered.at(-1)?.inputs).toEqual([1, 2, 0]);
});
