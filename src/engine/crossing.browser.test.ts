/** What crosses between the page and the engine: rows' numbers and heads, never an embedding. */
import { afterEach, expect, it } from 'vitest';
import type { BackboneInfo } from '../core/backbone.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import { packHashes } from '../core/embedding.ts';
import { createRandom } from '../core/random.ts';
import type { Sample } from '../core/dataset.ts';
import { madeSample } from '../core/testing/random-edits.ts';
import { noRows, recallRows } from '../pipeline/embed.ts';
import { trainClassifier } from '../pipeline/train.ts';
import { createEngine, type EngineClient } from './client.ts';
import { countMessages, type Traffic } from './testing/count-messages.ts';
import { asFiles } from './testing/parts.ts';
import { drawPicture } from './testing/pictures.ts';
import { embedFiles, freshHashes } from './testing/rows.ts';
import { tinyMobilenet } from './testing/tiny-mobilenet.ts';

let engine: EngineClient;
let traffic: Traffic;
let end = (): void => undefined;

afterEach(() => {
  end();
  engine.dispose();
});

async function start(): Promise<string> {
  ({ traffic, end } = countMessages());
  engine = createEngine();
  await engine.start({ backend: 'wasm' });
  const files = asFiles(tinyMobilenet());
  const loaded = await engine.loadBackbone({ kind: 'files', files, inputRange: null });
  if (!loaded.ok) throw new Error(loaded.problem.code);
  return loaded.value.sha256;
}

/** Bytes that cross while work is done, either way. */
async function bytesOf(work: () => Promise<unknown>): Promise<number> {
  const before = traffic.sent + traffic.received;
  await work();
  return traffic.sent + traffic.received - before;
}

it('embedding tells the page a row of each picture, and no number of it', async () => {
  const sha256 = await start();
  const pictures = await Promise.all(
    Array.from({ length: 40 }, (_, index) => drawPicture('discs', index)),
  );
  // Twice: a message's own words and its hash are the same however long an embedding is.
  const bytes = await bytesOf(() => embedFiles(engine, sha256, pictures));
  expect(bytes).toBeGreaterThan(40 * 64);
  expect(bytes).toBeLessThan(40 * 256);
});

const PICTURES = 20_000;
const LENGTH = 256;
const CLASSES = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, label: id }));
const BACKBONE = { id: 'made', sha256: '5'.repeat(64) } as BackboneInfo;

function makeSamples(): Sample[] {
  return freshHashes(PICTURES).map((hash, index) => ({
    ...madeSample(index, CLASSES[index % CLASSES.length]?.id ?? '', index),
    purpose: index % 10 === 0 ? 'judge' : 'learn',
    hash,
  }));
}

/** Each class's around a centre of its own. */
function makeValues(): Float32Array<ArrayBuffer> {
  const random = createRandom(1);
  const centres = Array.from({ length: CLASSES.length * LENGTH }, () => random.next());
  return Float32Array.from({ length: PICTURES * LENGTH }, (_, index) => {
    const row = Math.floor(index / LENGTH);
    return (centres[(row % CLASSES.length) * LENGTH + (index % LENGTH)] ?? 0) + random.next();
  });
}

it('an edit among 20,000 pictures moves less than a megabyte, and 64 bytes a picture', async () => {
  await start();
  const samples = makeSamples();
  const rows = noRows(BACKBONE.sha256, 'centre');
  await engine.putRows(rows.space, packHashes(samples.map(({ hash }) => hash)), makeValues());
  const missing = rows.missing(samples);

  const recalling = await bytesOf(() => recallRows(missing, rows, engine));
  expect(rows.size).toBe(PICTURES);
  expect(recalling).toBeLessThan(PICTURES * 40);

  const train = async (edited: readonly Sample[], startAtHeadInUse: boolean) => {
    const dataset = {
      name: '',
      classes: CLASSES,
      samples: edited,
      options: DEFAULT_PROJECT_OPTIONS,
    };
    const setting = { dataset, backbone: BACKBONE, rows, startAtHeadInUse };
    const { signal } = new AbortController();
    const trained = await trainClassifier(engine, setting, { signal });
    await engine.useHead(trained.head);
    return trained;
  };
  await train(samples, false);
  const edited = samples.map((sample, index) =>
    index === 7 ? { ...sample, classId: 'a' } : sample,
  );
  let accuracy = 0;
  const bytes = await bytesOf(async () => {
    const { test, validation, judged } = await train(edited, true);
    accuracy = test?.accuracy ?? 0;
    expect(validation?.count).toBeGreaterThan(PICTURES / 10);
    expect(judged).toHaveLength(PICTURES / 10);
  });
  expect(accuracy).toBeGreaterThan(0.95);
  expect(bytes).toBeLessThan(PICTURES * 64);
  // A head of five classes is 5 kB larger each way for every 256 numbers more.
  expect(bytes + 2 * (1280 - LENGTH) * CLASSES.length * 4).toBeLessThan(1e6);
});
