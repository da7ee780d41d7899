import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../core/agreement.ts';
import { at } from '../../core/at.ts';
import type { BackboneInfo } from '../../core/backbone.ts';
import { drawLevels, NetworkWriter } from '../../network/testing/network-writer.ts';
import { classifierNetwork, scalingOfLevels } from '../../network/classifier-network.ts';
import type { Network } from '../../network/network.ts';
import { exampleSource } from '../../formats/testing/example-classifier.ts';
import { runTflite } from '../../formats/testing/other-runtimes.ts';
import { writeTflite } from '../../formats/tflite/write-tflite.ts';
import { readBackbone } from '../../formats/whole/write-whole.ts';
import { createTfjsNetwork } from '../../network/tfjs/tfjs-network.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { bringUp, probeMachine } from '../device/bring-up.ts';
import { fit } from '../testing/fit.ts';
import { embedFiles } from '../testing/rows.ts';
import { fitOptions } from '../testing/training-sets.ts';
import { calibrate } from '../../network/tfjs/calibrate.ts';
import { readLevels } from './whole-export.ts';

beforeAll(async () => {
  await bringUp('wasm', await probeMachine());
});

describe('of a small network', () => {
  const side = 12;
  const { network } = new NetworkWriter(side, 1).convolution({ outputs: 4 }).average();
  const pictures = [1, 2, 3].map((seed) => drawLevels([side, side, 3], seed));

  it('finds what each step gave at least, at most and on average, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const [input, first, last, ...more] = await calibrate(network, pictures);
    expect(tf.memory().numTensors).toBe(before);
    expect(more).toEqual([]);
    expect(input?.range).toEqual([0, 255]);
    expect(input?.means).toHaveLength(3);
    for (const channel of [0, 1, 2]) {
      const levels = pictures.flatMap((picture) =>
        [...picture].filter((_, i) => i % 3 === channel),
      );
      expect(input?.means[channel]).toBeCloseTo(mean(levels), 2);
    }
    expect(first?.range[0]).toBeGreaterThanOrEqual(0);
    expect(first?.range[1]).toBe(6);

    const runner = createTfjsNetwork(network);
    const batch = tf.stack(
      pictures.map((values) => tf.tensor3d(values, [side, side, 3], 'float32')),
    );
    const features = runner.run(batch);
    const values = [...(await features.data())];
    expect(last?.range[0]).toBeCloseTo(Math.min(...values), 5);
    expect(last?.range[1]).toBeCloseTo(Math.max(...values), 5);
    // The features are the averages of the step before.
    for (const channel of [0, 1, 2, 3]) {
      const wanted = mean(values.filter((_, i) => i % 4 === channel));
      expect(first?.means[channel]).toBeCloseTo(wanted, 5);
      expect(last?.means[channel]).toBeCloseTo(wanted, 5);
    }
    runner.dispose();
  });

  it('takes pictures as they come, and leaves no tensor when one doesn’t', async () => {
    const before = tf.memory().numTensors;
    async function* come() {
      for (const picture of pictures) yield await Promise.resolve(picture);
    }
    expect(await calibrate(network, come())).toEqual(await calibrate(network, pictures));
    async function* break_() {
      yield await Promise.resolve(at(pictures, 0));
      throw new Error('damaged');
    }
    await expect(calibrate(network, break_())).rejects.toThrow('damaged');
    await expect(calibrate(network, [new Uint8Array(5)])).rejects.toThrow();
    await expect(calibrate(network, [])).rejects.toThrow(RangeError);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const MODELS = [
  { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v2_0.35_224_no_top', weights: 'weights.bin' },
  { id: 'mobilenet_v1_0.75_192', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v1_0.25_128', weights: 'group1-shard1of1.bin' },
] as const;
const LABELS = ['dress', 'hat', 'longsleeve', 'pants', 'shoes', 'shorts'] as const;
/** Pictures of each class: to fit a head, the first of them to calibrate, others to judge. */
const FITTED = 60;
const CALIBRATING = 3;
const JUDGED = 20;
const BATCH = 20;
/** Seen: 97.5 to 99.2 % the same, and from 1.7 points lost to 0.8 won. */
const MIN_SAME = 0.95;
const MAX_LOSS = 0.04;
/** Of one probability of one picture; seen: 0.17 to 0.26. */
const MAX_DIFFERENCE = 0.4;

async function fetchFile(path: string, name: string): Promise<File> {
  const response = await fetch(path + name);
  if (!response.ok) throw new Error(`${path}${name}: ${String(response.status)}`);
  return new File([await response.blob()], name);
}

/** The first pictures of each class, class by class. */
async function photographs(part: 'train' | 'test', perClass: number): Promise<readonly File[]> {
  const classes = LABELS.map(async (label) => {
    const folder = `/datasets/clothing/${part}/${label}/`;
    const names = (await (await fetch(`${folder}?list`)).json()) as readonly string[];
    return Promise.all(names.slice(0, perClass).map((name) => fetchFile(folder, name)));
  });
  return (await Promise.all(classes)).flat();
}

const classOf = (index: number, perClass: number) => Math.floor(index / perClass);

/** A head fitted to photographs, on a real backbone: the whole as one network. */
async function fitClassifier(
  engine: EngineClient,
  { id, weights }: (typeof MODELS)[number],
): Promise<{ network: Network; backbone: BackboneInfo }> {
  const files = await Promise.all(
    ['model.json', weights].map((name) => fetchFile(`/models/${id}/`, name)),
  );
  const source = { kind: 'files', files, inputRange: [-1, 1] } as const;
  const loaded = await engine.loadBackbone(source);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  const backbone = loaded.value;
  const pictures = await photographs('train', FITTED);
  const embedded = await embedFiles(engine, backbone.sha256, pictures);
  const rows = pictures.map((_, index) => index);
  const { head } = await fit(
    engine,
    {
      space: embedded.id,
      rows: Int32Array.from(embedded.outcomes, Number),
      classes: Int32Array.from(rows, (index) => classOf(index, FITTED)),
      classIds: LABELS,
      trainingRows: Int32Array.from(rows.filter((row) => row % 5 !== 4)),
      validationRows: Int32Array.from(rows.filter((row) => row % 5 === 4)),
    },
    fitOptions({ solver: 'exact', l2Candidates: [1e-3, 1e-2, 1e-1] }),
  );
  const backboneFiles = await engine.backboneFiles();
  const read = readBackbone(exampleSource({ head, backbone, backboneFiles }));
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return { network: classifierNetwork(read.value, head, scalingOfLevels([-1, 1])), backbone };
}

/** Probabilities of all pictures. */
async function answersOf(
  file: Uint8Array,
  pictures: readonly Uint8Array[],
  sidePx: number,
): Promise<Float32Array<ArrayBuffer>> {
  const rows: number[] = [];
  for (let from = 0; from < pictures.length; from += BATCH) {
    const batch = pictures.slice(from, from + BATCH);
    const levels = new Float32Array(BATCH * sidePx * sidePx * 3);
    for (const [index, picture] of batch.entries()) levels.set(picture, index * picture.length);
    rows.push(...(await runTflite(file, levels, [BATCH, sidePx, sidePx, 3])));
  }
  return Float32Array.from(rows);
}

function accuracyOf(probabilities: Float32Array): number {
  const count = LABELS.length * JUDGED;
  const right = Array.from({ length: count }, (_, row) => {
    const answer = probabilities.subarray(row * LABELS.length, (row + 1) * LABELS.length);
    return answer.indexOf(Math.max(...answer)) === classOf(row, JUDGED);
  }).filter(Boolean);
  return right.length / count;
}

// Skipped without both: made weights and made pictures say nothing of real ones.
const given =
  import.meta.env['HEADSTART_MODELS'] !== '' && import.meta.env['HEADSTART_DATASETS'] !== '';
describe.skipIf(!given)('photographs by a real backbone in eight bits', () => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = createEngine();
    await engine.start({ backend: 'wasm' });
  });
  afterAll(() => {
    engine.dispose();
  });

  it.for(MODELS)('$id', { timeout: 300_000 }, async (model) => {
    const { network, backbone } = await fitClassifier(engine, model);
    const { inputSidePx: sidePx } = backbone;
    const levels = (files: readonly File[]) =>
      Promise.all(files.map((file) => readLevels(file, 'centre', sidePx)));
    const statistics = await calibrate(
      network,
      await levels(await photographs('train', CALIBRATING)),
    );
    const judged = await levels(await photographs('test', JUDGED));
    const batch = BATCH;
    const single = await answersOf(writeTflite(network, { batch }), judged, sidePx);
    const int8File = writeTflite(network, { batch, precision: 'int8', statistics });
    const int8 = await answersOf(int8File, judged, sidePx);
    const { same, pictures, largestDifference } = compareAnswers(single, int8, LABELS.length);
    const change = int8.reduce((sum, value, index) => sum + Math.abs(value - at(single, index)), 0);
    console.info(
      `${model.id}: ${String(same)} of ${String(pictures)} answers the same, right`,
      `${(100 * accuracyOf(single)).toFixed(1)} % in float32, ${(100 * accuracyOf(int8)).toFixed(1)} % in int8;`,
      `a probability changes by ${(change / int8.length).toFixed(4)} on average,`,
      `${largestDifference.toFixed(3)} at most`,
    );
    expect(same / pictures).toBeGreaterThanOrEqual(MIN_SAME);
    expect(largestDifference).toBeLessThan(MAX_DIFFERENCE);
    expect(accuracyOf(int8)).toBeGreaterThan(accuracyOf(single) - MAX_LOSS);
  });
});
