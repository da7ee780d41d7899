import { expect, test } from 'vitest';
import { checkOptions, DEFAULT_TRAINING_OPTIONS, OPTION_RANGES } from './default-options.ts';

test('the defaults can be used', () => {
  expect(checkOptions(DEFAULT_TRAINING_OPTIONS)).toEqual([]);
});

test.each([
  ['learningRate', 0],
  ['learningRate', NaN],
  ['epochs', 2.5],
  ['epochs', 0],
  ['batchSize', 0],
  ['dropout', 1],
  ['seed', -1],
  ['patience', Infinity],
] as const)('%s cannot be %d', (option, value) => {
  const { min, max } = OPTION_RANGES[option];
  expect(checkOptions({ ...DEFAULT_TRAINING_OPTIONS, [option]: value })).toEqual([
    { code: 'option-invalid', option, value: String(value), min, max },
  ]);
});

test('a rate that will surely explode may be tried', () => {
  expect(checkOptions({ ...DEFAULT_TRAINING_OPTIONS, learningRate: 1e9 })).toEqual([]);
});

test('each hidden layer is checked, and their number', () => {
  const found = checkOptions({ ...DEFAULT_TRAINING_OPTIONS, hiddenUnits: [64, 0, 32] });
  expect(found.map((problem) => 'option' in problem && problem.option)).toEqual([
    'hiddenUnits',
    'hiddenLayers',
  ]);
});

test('usual ranges lie within the accepted ones', () => {
  for (const { min, max, usual } of Object.values(OPTION_RANGES)) {
    expect(usual[0]).toBeGreaterThanOrEqual(min);
    expect(usual[1]).toBeLessThanOrEqual(max);
  }
});
