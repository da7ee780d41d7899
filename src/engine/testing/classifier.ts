import type { Crop, InputRange } from '../../core/preprocess.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { exampleSource } from '../../formats/testing/example-classifier.ts';
import type { EngineClient } from '../client.ts';
import { informativeHead } from './informative-head.ts';
import { embeddingsOf } from './rows.ts';

export interface ClassifierRequest {
  /** Of the backbone. */
  readonly files: readonly File[];
  readonly inputRange: InputRange;
  readonly crop: Crop;
  /** Units of the head's hidden layers. */
  readonly hidden: readonly number[];
  readonly labels: readonly string[];
  /** Which it answers differently. */
  readonly pictures: readonly File[];
}

/** A classifier with drawn weights in its head, which the engine then answers with. */
export async function bringUpClassifier(
  engine: EngineClient,
  { files, inputRange, crop, hidden, labels, pictures }: ClassifierRequest,
): Promise<ExportedClassifier> {
  const loaded = await engine.loadBackbone({ kind: 'files', files, inputRange });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  const backbone = loaded.value;
  const head = informativeHead(await embeddingsOf(engine, backbone.sha256, pictures, crop), [
    ...hidden,
    labels.length,
  ]);
  await engine.useHead(head);
  const backboneFiles = await engine.backboneFiles();
  const classes = head.classIds.map((id, index) => ({ id, label: labels[index] ?? '' }));
  return exampleSource({ head, classes, backbone, backboneFiles, crop });
}

/** What the page's preview shows. @returns row-major [pictures, classes]. */
export async function askPreview(
  engine: EngineClient,
  pictures: readonly File[],
  crop: Crop,
): Promise<Float32Array> {
  const answers: number[] = [];
  for (const picture of pictures) {
    const answered = await engine.classify(picture, crop);
    if (!answered.ok) throw new Error(answered.problem.code);
    answers.push(...answered.value.probabilities);
  }
  return Float32Array.from(answers);
}

/** How much some class's probability changes from picture to picture. */
export function spreadOf(answers: Float32Array, classes: number): number {
  const spreads = Array.from({ length: classes }, (_, index) => {
    const values = answers.filter((_, i) => i % classes === index);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...spreads);
}
