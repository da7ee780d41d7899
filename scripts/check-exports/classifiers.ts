/** The classifiers whose files are checked, as the app has them before it writes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../src/core/at.ts';
import type { ModelFile } from '../../src/core/backbone.ts';
import type { InputRange } from '../../src/core/preprocess.ts';
import { createRandom } from '../../src/core/random.ts';
import { createSimdNetwork } from '../../src/network/wasm/simd-network.ts';
import { planNetwork } from '../../src/network/wasm/plan-network.ts';
import {
  describeRow,
  EXPORT_TABLE,
  type ExportRow,
} from '../../src/engine/testing/export-table.ts';
import { informativeHead } from '../../src/engine/testing/informative-head.ts';
import { writeMobilenet } from '../../src/engine/testing/mobilenets.ts';
import { partsOf } from '../../src/engine/testing/parts.ts';
import type { ExportedClassifier } from '../../src/formats/contract.ts';
import { readBackbone as readTopology } from '../../src/network/read/read-backbone.ts';
import { poolFeatures } from '../../src/network/network.ts';
import { answer } from '../../src/formats/pytorch/testing/cases.ts';
import { exampleSource } from '../../src/formats/testing/example-classifier.ts';
import { readBackbone } from '../../src/formats/whole/write-whole.ts';

export interface Classifier {
  readonly title: string;
  readonly source: ExportedClassifier;
  /** Of each picture: RGB [side, side, 3], 0 to 255. */
  readonly levels: readonly Uint8Array<ArrayBuffer>[];
  readonly embeddings: readonly Float32Array<ArrayBuffer>[];
  /** What Headstart's kernel and the head by its definition answer, row-major [pictures, classes]. */
  readonly probabilities: readonly number[];
}

/** Of the table, every so many: each kind, form, width, crop and head is among them. */
const EVERY = 5;
const PICTURES = 4;
const REAL = [
  { id: 'mobilenet_v2_1.0_224', weights: 'group1-shard1of1.bin' },
  { id: 'mobilenet_v2_0.35_224_no_top', weights: 'weights.bin' },
] as const;
const REAL_REQUEST: Request = {
  sidePx: 224,
  inputRange: [-1, 1],
  crop: 'centre',
  hidden: [],
  classes: 2,
};
/** As badly as classes may be called. */
export const HARD_LABELS = [
  '🧢 hat',
  'a "quoted", one',
  'two\nlines',
  'קרסול',
  "it's; = -1+1",
  '<b>',
  '\r\n👩🏽‍🚀,""',
] as const;

/** @param models a folder of pretrained backbones; null for none. */
export function makeClassifiers(models: string | null): readonly Classifier[] {
  const made = EXPORT_TABLE.filter((_, index) => index % EVERY === 0).map((row) =>
    classifierOf(titleOf(row), writeMobilenet(row), row),
  );
  const real = REAL.filter(({ id }) => models !== null && existsSync(join(models, id))).map(
    ({ id, weights }) => {
      const files = ['model.json', weights].map((name) => ({
        name,
        bytes: Uint8Array.from(readFileSync(join(models ?? '', id, name))),
      }));
      return classifierOf(`pretrained ${id}`, files, REAL_REQUEST);
    },
  );
  return [...made, ...real];
}

/** Without the format, which here is every one. */
function titleOf(row: ExportRow): string {
  return describeRow(row).replace(/, [^,]*$/u, '');
}

type Request = Pick<ExportRow, 'sidePx' | 'inputRange' | 'crop' | 'hidden' | 'classes'>;

function classifierOf(title: string, files: readonly ModelFile[], request: Request): Classifier {
  const { sidePx: inputSidePx, inputRange, crop, hidden, classes } = request;
  const example = exampleSource();
  const backbone = {
    ...example.backbone,
    inputSidePx,
    inputRange,
    featureLayer: featureLayer(files, inputRange),
  };
  const read = readBackbone({ ...example, backbone, backboneFiles: files });
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const kernel = createSimdNetwork(planNetwork(poolFeatures(read.value), backbone));
  const levels = Array.from({ length: PICTURES }, (_, index) => drawPicture(inputSidePx, index));
  const embeddings = levels.map((one) => kernel.run(one).slice());
  const head = informativeHead(embeddings, [...hidden, classes]);
  const probabilities = embeddings.flatMap((one) => [...answer(head, [...one])]);
  const source = exampleSource({
    head,
    classes: head.classIds.map((id, index) => ({ id, label: labelOf(index) })),
    backbone: { ...backbone, embeddingLength: head.embeddingLength },
    backboneFiles: files,
    crop,
  });
  return { title, source, levels, embeddings, probabilities };
}

function labelOf(index: number): string {
  return HARD_LABELS[index] ?? `class ${String(index)}`;
}

/** As the engine finds it. */
function featureLayer(files: readonly ModelFile[], inputRange: InputRange): string {
  const parts = partsOf(files.map(({ name, bytes }) => ({ name, bytes })));
  const hints = { asked: inputRange, hosting: null, isMobilenet: false };
  const reading = readTopology('a backbone', parts, hints);
  const [found] = reading.ok ? reading.value.featureLayers : [];
  if (found === undefined) throw new Error('a backbone without features');
  return found;
}

/** Squares of drawn colours on a ground, of another size in each picture. */
function drawPicture(sidePx: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed + 1);
  const square = 4 + 9 * seed;
  const across = Math.ceil(sidePx / square);
  const colours = Array.from({ length: across * across * 3 }, () => random.int(256));
  return Uint8Array.from({ length: sidePx * sidePx * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % sidePx, Math.floor(i / 3 / sidePx)];
    const cell = Math.floor(y / square) * across + Math.floor(x / square);
    return at(colours, cell * 3 + (i % 3));
  });
}
