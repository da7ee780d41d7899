import { expect } from 'vitest';
import type { BackendName } from '../../core/backend.ts';
import type { Head } from '../../core/head.ts';
import type { InputRange } from '../../core/preprocess.ts';
import { createEngine, type EngineClient } from '../client.ts';
import { cosine } from '../../core/embedding.ts';
import { fit } from './fit.ts';
import { embeddingsOf } from './rows.ts';
import { fitOptions } from './training-sets.ts';

/** A model's files, as a person would drop them. */
export interface DroppedModel {
  readonly files: readonly File[];
  readonly inputRange: InputRange | null;
}

/** What an engine made of some pictures; a head answers with one row of probabilities each. */
interface Answers {
  readonly embeddings: readonly Float32Array[];
  readonly probabilities: readonly number[];
}

/** @throws where the model can't be used. */
export async function engineWith(backend: BackendName, { files, inputRange }: DroppedModel) {
  const engine = createEngine();
  await engine.start({ backend });
  const info = await engine.loadBackbone({ kind: 'files', files, inputRange });
  if (!info.ok) throw new Error(JSON.stringify(info.problem));
  return { engine, info: info.value };
}

/**
 * Expects of each backend the embeddings of the WASM one (cosine at least 0.9999) and the
 * probabilities of a head fitted there (within 0.001). Every other picture is of another class.
 */
export async function expectSameAsOnWasm(
  backends: readonly BackendName[],
  model: DroppedModel,
  pictures: readonly File[],
): Promise<void> {
  const { engine, info } = await engineWith('wasm', model);
  const { sha256 } = info;
  const head = await fitHead(engine, await embeddingsOf(engine, sha256, pictures));
  const wanted = await answer(engine, head, sha256, pictures);
  engine.dispose();
  // A saturated softmax would hide differences.
  expect(Math.max(...wanted.probabilities)).toBeLessThan(0.999);
  for (const backend of backends) {
    const other = await engineWith(backend, model);
    const found = await answer(other.engine, head, sha256, pictures);
    other.engine.dispose();
    found.embeddings.forEach((embedding, row) => {
      const reference = wanted.embeddings[row] ?? new Float32Array();
      expect(cosine(embedding, reference), backend).toBeGreaterThanOrEqual(0.9999);
    });
    const differences = found.probabilities.map((value, index) =>
      Math.abs(value - (wanted.probabilities[index] ?? Number.NaN)),
    );
    expect(Math.max(...differences), backend).toBeLessThanOrEqual(1e-3);
  }
}

async function answer(
  engine: EngineClient,
  head: Head,
  sha256: string,
  pictures: readonly File[],
): Promise<Answers> {
  await engine.useHead(head);
  const before = await engine.memory();
  const embeddings = await embeddingsOf(engine, sha256, pictures);
  const probabilities: number[] = [];
  for (const picture of pictures) {
    const found = await engine.classify(picture, 'centre');
    if (!found.ok) throw new Error(found.problem.code);
    probabilities.push(...found.value.probabilities);
  }
  expect((await engine.memory()).numTensors).toBe(before.numTensors);
  return { embeddings, probabilities };
}

async function fitHead(engine: EngineClient, embeddings: readonly Float32Array[]): Promise<Head> {
  const embeddingLength = embeddings[0]?.length ?? 0;
  const all = new Float32Array(embeddings.length * embeddingLength);
  embeddings.forEach((embedding, row) => {
    all.set(embedding, row * embeddingLength);
  });
  const { head } = await fit(
    engine,
    {
      embeddings: all,
      embeddingLength,
      classes: Int32Array.from(embeddings, (_, row) => row % 2),
      classIds: ['even', 'odd'],
      trainingRows: Int32Array.from(embeddings, (_, row) => row),
      validationRows: new Int32Array(),
    },
    fitOptions({ epochs: 3, learningRate: 1e-4 }),
  );
  return head;
}
