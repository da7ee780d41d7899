import { describe, expect, test } from 'vitest';
import { parseTrainArguments, WrongArguments } from './arguments.ts';

describe('right arguments', () => {
  test('only --data is needed', () => {
    expect(parseTrainArguments(['--data', 'pictures'])).toEqual({
      data: 'pictures',
      test: null,
      out: null,
      report: null,
      backbone: null,
      backend: null,
      runtime: null,
      solver: null,
      epochs: null,
      learningRate: null,
      hidden: null,
      seed: null,
    });
  });

  test('all of them', () => {
    const line =
      '--data a --test b --out c --report d.json --backbone mobilenet_v1_0.25_128 --backend wasm ' +
      '--runtime tfjs --epochs 20 --learning-rate 1e-3 --hidden 64 --seed 0';
    expect(parseTrainArguments(line.split(' '))).toEqual({
      data: 'a',
      test: 'b',
      out: 'c',
      report: 'd.json',
      backbone: 'mobilenet_v1_0.25_128',
      backend: 'wasm',
      runtime: 'tfjs',
      solver: 'step-by-step',
      epochs: 20,
      learningRate: 0.001,
      hidden: 64,
      seed: 0,
    });
  });

  test('--hidden 0 is no hidden layer; --name=value works too', () => {
    expect(parseTrainArguments(['--data=a', '--hidden=0'])).toMatchObject({ data: 'a', hidden: 0 });
  });
});

describe('the solver', () => {
  test.each<[string, string | null]>([
    ['', null],
    ['--solver exact', 'exact'],
    ['--solver step', 'step-by-step'],
    ['--epochs 5', 'step-by-step'],
    ['--learning-rate 0.1', 'step-by-step'],
    ['--hidden 8', 'step-by-step'],
    ['--hidden 0', null],
    ['--solver exact --hidden 0 --seed 2', 'exact'],
    ['--solver step --epochs 5', 'step-by-step'],
  ])('%j: %s', (line, solver) => {
    const args = ['--data', 'x', ...line.split(' ').filter((word) => word !== '')];
    expect(parseTrainArguments(args).solver).toBe(solver);
  });
});

describe('wrong arguments are one clear line', () => {
  test.each<[string[], string]>([
    [[], '--data is missing'],
    [['--date', 'x'], "'--date'"],
    [['pictures'], 'pictures'],
    [['--data'], '--data'],
    [
      ['--data', 'x', '--epochs', 'ten'],
      '--epochs takes a whole number from 1 to 10000, not "ten".',
    ],
    [['--data', 'x', '--epochs', '0'], '--epochs takes a whole number'],
    [['--data', 'x', '--epochs', '1.5'], '--epochs takes a whole number'],
    [['--data', 'x', '--epochs', ''], '--epochs takes a whole number'],
    [['--data', 'x', '--learning-rate=-1'], '--learning-rate takes a number from'],
    [['--data', 'x', '--learning-rate', 'NaN'], '--learning-rate takes a number from'],
    [['--data', 'x', '--hidden=-3'], '--hidden takes a whole number'],
    [['--data', 'x', '--seed', '4294967296'], '--seed takes a whole number'],
    [
      ['--data', 'x', '--backend', 'cuda'],
      '--backend takes one of webgpu, webgl, wasm, cpu, not "cuda".',
    ],
    [['--data', 'x', '--solver', 'magic'], '--solver takes exact or step, not "magic".'],
    [['--data', 'x', '--solver', 'constructor'], '--solver takes exact or step'],
    [
      ['--data', 'x', '--solver', 'exact', '--epochs', '5'],
      '--epochs is only for --solver step, not for exact.',
    ],
    [['--data', 'x', '--solver=exact', '--hidden=8'], '--hidden is only for --solver step'],
    [['--data', 'x', '--backbone', '../../etc'], '--backbone takes an id'],
  ])('%j', (args, words) => {
    let message = '';
    try {
      parseTrainArguments(args);
    } catch (error) {
      expect(error).toBeInstanceOf(WrongArguments);
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
  });
});
