import { at } from '../../core/at.ts';
import type { Evaluation, Judged } from '../../core/evaluation.ts';
import type { Head } from '../../core/head.ts';
import { evaluate, judge } from '../../core/metrics.ts';
import type { Engine } from '../../engine/contract.ts';
import type { EmbeddedPictures } from './training-set.ts';

export interface Verdict {
  readonly evaluation: Evaluation;
  readonly judged: readonly Judged[];
}

/** Stage 7: asks a head about pictures that it has not learned from. Null where there are none. */
export async function judgePictures(
  engine: Pick<Engine, 'predict'>,
  head: Head,
  pictures: EmbeddedPictures,
): Promise<Verdict | null> {
  if (pictures.sampleIds.length === 0) return null;
  const classCount = head.classIds.length;
  const probabilities = await engine.predict(head, pictures.embeddings);
  const { predicted, confidence } = judge(probabilities, classCount);
  return {
    evaluation: evaluate(pictures.classes, probabilities, classCount),
    judged: pictures.sampleIds.map((sampleId, row) => ({
      sampleId,
      actual: at(pictures.classes, row),
      predicted: at(predicted, row),
      confidence: at(confidence, row),
    })),
  };
}

/** Some rows of pictures, such as the validation part. */
export function rowsOf(
  pictures: EmbeddedPictures,
  rows: Int32Array<ArrayBuffer>,
  embeddingLength: number,
): EmbeddedPictures {
  const embeddings = new Float32Array(rows.length * embeddingLength);
  for (const [index, row] of rows.entries()) {
    const from = row * embeddingLength;
    embeddings.set(
      pictures.embeddings.subarray(from, from + embeddingLength),
      index * embeddingLength,
    );
  }
  return {
    sampleIds: Array.from(rows, (row) => at(pictures.sampleIds, row)),
    classes: Int32Array.from(rows, (row) => at(pictures.classes, row)),
    embeddings,
  };
}
