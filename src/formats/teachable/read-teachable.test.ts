import { describe, expect, it } from 'vitest';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { classifierNetwork, scalingOfTeachableMachine } from '../../network/classifier-network.ts';
import { importNetwork } from '../../network/read/import-network.ts';
import { readModelFiles } from '../../network/read/model-parts.ts';
import { LABELS, teachableExport } from '../testing/teachable-export.ts';
import { readTeachable, TEACHABLE_RANGE } from './read-teachable.ts';
import { writeTeachable } from './write-teachable.ts';

async function read(files: ReadonlyMap<string, File>) {
  const found = await readTeachable(files);
  if (!found.ok) throw new Error(JSON.stringify(found.problem));
  return found.value;
}

/** The files with one of them replaced, or left out where null. */
function withFile(name: string, content: string | null, files = teachableExport()) {
  if (content === null) files.delete(name);
  else files.set(name, new File([content], name));
  return files;
}

async function networkOf(files: readonly File[]) {
  const parts = await readModelFiles(files);
  if (!parts.ok) throw new Error(parts.problem.code);
  const network = importNetwork(parts.value, { inputSidePx: 64, output: null });
  if (!network.ok) throw new Error(network.problem.code);
  return network.value;
}

describe('a classifier of Teachable Machine', () => {
  it('is taken apart into an embedding and the layers on it', async () => {
    const classifier = await read(teachableExport());
    expect(classifier.classes.map(({ label }) => label)).toEqual(LABELS);
    expect(classifier).toMatchObject({
      inputRange: TEACHABLE_RANGE,
      crop: 'centre',
      validation: null,
      fittedAtMillis: Date.parse('2021-09-28T02:32:46.949Z'),
    });
    expect(classifier.head.layers.map(({ units, activation }) => [units, activation])).toEqual([
      [10, 'relu'],
      [3, 'softmax'],
    ]);
    expect(classifier.head.embeddingLength).toBe(24);
    // The last layer has no bias.
    expect([...(classifier.head.layers[1]?.bias ?? [])]).toEqual([0, 0, 0]);
    const { steps } = await networkOf(classifier.backboneFiles);
    expect(steps.at(-1)).toMatchObject({ kind: 'global-average', shape: [24] });
  });

  it('has the weights of the one network that it was', async () => {
    const whole = await networkOf([...teachableExport().values()].slice(0, 2));
    const { head, backboneFiles } = await read(teachableExport());
    const again = classifierNetwork(await networkOf(backboneFiles), head, { scale: 1, offset: 0 });
    const weights = ({ steps }: typeof whole) =>
      steps.flatMap((step) => ('kernel' in step ? [[...step.kernel], [...step.bias]] : []));
    expect(weights(again)).toEqual(weights(whole));
  });

  it('comes back from our own export in its layout, with its crop', async () => {
    const { head, backboneFiles } = await read(teachableExport());
    for (const precision of ['float32', 'float16', 'uint8'] as const) {
      const network = classifierNetwork(
        await networkOf(backboneFiles),
        head,
        scalingOfTeachableMachine([-1, 1]),
      );
      const files = writeTeachable(network, {
        app: 'Headstart test',
        labels: LABELS,
        crop: 'pad',
        createdAtMillis: 5,
        precision,
      });
      const again = await read(
        new Map(files.map((one) => [one.name, new File([one.bytes], one.name)])),
      );
      expect(again).toMatchObject({ crop: 'pad', fittedAtMillis: 5 });
      expect(again.classes.map(({ label }) => label)).toEqual(LABELS);
      expect(again.head.layers.map(({ units }) => units)).toEqual([10, 3]);
      // The layer that corrects the scaling stays where it was: before the first padding.
      const { steps } = await networkOf(again.backboneFiles);
      expect(steps[1]).toMatchObject({ kind: 'affine' });
    }
  });

  it('keeps labels as they are, and tells those apart that are alike', async () => {
    const labels = ['a', 'a', ' ', '__proto__', 'a (2)', '<b>'];
    const { classes } = await read(teachableExport({ labels }));
    expect(classes.map(({ label }) => label)).toEqual([
      'a',
      'a (2)',
      'Class 3',
      '__proto__',
      'a (2) (2)',
      '<b>',
    ]);
  });
});

describe('what is wrong is said, with its place', () => {
  const metadata = (change: object) =>
    JSON.stringify({ labels: LABELS, timeStamp: '2021-09-28', ...change });

  it.each([
    ['fewer labels than outputs', { labels: ['a', 'b'] }, /2 labels for the model’s 3 outputs/],
    ['a label that is no text', { labels: ['a', 5, 'c'] }, /labels\[1\] must be text/],
    ['no label', { labels: [] }, /labels must have/],
    ['an unknown crop', { userMetadata: { crop: 'x' } }, /userMetadata.crop must be one of/],
  ])('%s', async (_, change, reason) => {
    const found = await readTeachable(withFile('metadata.json', metadata(change)));
    expect(found).toMatchObject({
      ok: false,
      problem: { code: 'classifier-invalid', file: 'metadata.json' },
    });
    expect(JSON.stringify(found)).toMatch(reason);
  });

  it('weights that are missing, or cut off', async () => {
    expect(await readTeachable(withFile('weights.bin', null))).toMatchObject({
      problem: { code: 'model-weights-missing', missing: ['weights.bin'] },
    });
    expect(await readTeachable(withFile('weights.bin', 'short'))).toMatchObject({
      problem: { code: 'model-weights-short', file: 'weights.bin', foundBytes: 5 },
    });
  });

  it('a model that is no classifier', async () => {
    const [model, weights] = tinyLayersModel();
    const files = teachableExport();
    for (const file of [model, weights])
      files.set(file?.name ?? '', new File([file?.bytes ?? ''], file?.name ?? ''));
    const found = await readTeachable(files);
    expect(found.ok).toBe(false);
  });

  it('a last layer that no head here has', async () => {
    expect(await readTeachable(teachableExport({ activation: 'sigmoid' }))).toMatchObject({
      problem: { code: 'model-not-translatable', layer: 'dense_Dense2', operation: 'Dense' },
    });
    expect(await readTeachable(teachableExport({ activation: 'linear' }))).toMatchObject({
      problem: { code: 'classifier-invalid', reason: 'its last layer is no softmax' },
    });
  });

  it('layers of one name, whose weights can’t be told apart', async () => {
    const files = teachableExport();
    const text = (await files.get('model.json')?.text()) ?? '';
    const twins = withFile('model.json', text.replaceAll('dense_Dense2', 'dense_Dense1'), files);
    expect(await readTeachable(twins)).toMatchObject({
      problem: { code: 'model-not-translatable', layer: 'dense_Dense1' },
    });
  });
});
