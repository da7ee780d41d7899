import { ownBackboneId } from '../../core/backbone.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Sample, Sha256 } from '../../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../../core/default-options.ts';
import { edit, NO_HISTORY, undo, type Versioned } from '../../core/history.ts';
import { evaluateConfusion } from '../../core/evaluation.ts';
import type { Problem } from '../../core/problem.ts';
import { EMPTY_DATASET, madeSample } from '../../core/testing/random-edits.ts';
import { asFiles, partsOf } from '../../engine/testing/parts.ts';
import { tinyLayersModel } from '../../engine/testing/tiny-layers-model.ts';
import { identifyModel } from '../../network/read/model-parts.ts';
import type { OwnBackbone, ProjectSource } from '../contract.ts';
import { hashOf } from '../../core/hash.ts';
import { writeProject } from '../project-file/write.ts';
import { exampleHead } from './example-classifier.ts';

export const EMPTY: Versioned = { dataset: EMPTY_DATASET, history: NO_HISTORY };
const encode = (text: string) => new TextEncoder().encode(text);
export const pictureOf = (number: number) => encode(`picture ${String(number)}`);

/** A sample whose hash is that of its content. */
async function sample(number: number, classId: string | null, patch: Partial<Sample> = {}) {
  const hash = await hashOf(pictureOf(number));
  return { ...madeSample(number, classId, number), hash, ...patch };
}

/** What a store has: a picture for each hash. */
export function contentsOf(pictures: ReadonlyMap<Sha256, Blob>): ProjectSource['readContents'] {
  return async function* (hashes) {
    for (const hash of hashes) {
      await Promise.resolve();
      const thumbnail = new Blob([`small ${hash}`], { type: 'image/jpeg' });
      yield { hash, file: pictures.get(hash) ?? null, thumbnail };
    }
  };
}

export const CLASSIFIER: Classifier = {
  head: exampleHead(5, [4, 3]),
  classes: ['hat', '<img src=x onerror=alert(1)>', '__proto__'].map((label, index) => ({
    id: `${String(index)}-abcd`,
    label,
  })),
  backbone: {
    id: 'mobilenet_v2_1.0_224',
    name: 'MobileNetV2 1.0',
    kind: 'graph-model',
    sha256: 'ab'.repeat(32),
    bytes: 1234,
    inputSidePx: 224,
    inputRange: [-1, 1],
    embeddingLength: 5,
    featureLayer: 'pool',
    source: 'own-origin',
  },
  crop: 'pad',
  history: [
    {
      epoch: 1,
      learningRate: null,
      l2: 1e-3,
      loss: 0.3,
      accuracy: 0.9,
      validationLoss: 0.4,
      validationAccuracy: null,
    },
  ],
  bestEpoch: 1,
  validation: null,
  test: evaluateConfusion([
    [2, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]),
  judged: [{ sampleId: 's1', actual: 0, predicted: 1, confidence: 0.75 }],
  options: DEFAULT_PROJECT_OPTIONS,
  fingerprint: '3.a.b.c',
  fittedAtMillis: 5,
};

/** Two classes, pictures of which one is converted, one only in the history; two edits, one undone. */
export async function exampleProject(): Promise<ProjectSource> {
  const classes = ['hat', '../..', 'test'].map((label, index) => ({
    id: `${String(index)}-abcd`,
    label,
    index,
  }));
  const drawn = { hash: 'ef'.repeat(32), name: 'drawing.svg' };
  const samples = [
    await sample(1, '0-abcd', { name: '.htaccess' }),
    await sample(2, '0-abcd', { name: '.htaccess', purpose: 'judge' }),
    await sample(3, '1-abcd', { name: 'a/b\\c:d.png' }),
    await sample(4, '2-abcd', drawn),
    await sample(5, null),
  ];
  let versioned = edit(EMPTY, { kind: 'add-classes', classes }, 'a');
  versioned = edit(versioned, { kind: 'add-samples', samples }, 'a');
  versioned = edit(versioned, { kind: 'remove-samples', ids: ['s2'] }, 'b');
  versioned = edit(versioned, { kind: 'rename-project', name: 'Hats' }, 'c');
  versioned = undo(versioned) ?? versioned;
  const pictures = samples.map(
    ({ hash }, index) => [hash, new Blob([pictureOf(index + 1)], { type: 'image/png' })] as const,
  );
  const readContents = contentsOf(new Map(pictures));
  return { versioned, classifier: CLASSIFIER, backbone: null, createdAtMillis: 7, readContents };
}

/** The same on a backbone of the person's own. */
export async function exampleOnOwnBackbone(): Promise<
  ProjectSource & { readonly backbone: OwnBackbone; readonly classifier: Classifier }
> {
  const source = await exampleProject();
  const model = tinyLayersModel();
  const { sha256, bytes } = await identifyModel(partsOf(model));
  const id = ownBackboneId(sha256);
  const [main, ...weights] = asFiles(model);
  const files = [...weights, new File([main ?? ''], '<b>my model.JSON')];
  return {
    ...source,
    versioned: edit(
      source.versioned,
      { kind: 'set-options', options: { ...DEFAULT_PROJECT_OPTIONS, backboneId: id } },
      'd',
    ),
    backbone: { id, files, inputRange: [0, 1] },
    classifier: { ...CLASSIFIER, backbone: { ...CLASSIFIER.backbone, id, sha256, bytes } },
  };
}

/** @returns the file, and what of it was left out. */
export async function writeToFile(
  source: ProjectSource,
): Promise<{ readonly file: File; readonly problems: readonly Problem[] }> {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const bytes = new Response(stream.readable).arrayBuffer();
  const problems = await writeProject(source, stream.writable);
  return { file: new File([await bytes], 'my.zip'), problems };
}

/** The entries of a file as they lie in it, unpacked, to be changed and packed anew. */
export async function entriesOf(file: File): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { BlobReader, Uint8ArrayWriter, ZipReader } = await import('@zip.js/zip.js');
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const entry of await new ZipReader(new BlobReader(file)).getEntries())
    if (!entry.directory)
      entries.set(entry.filename, new Uint8Array(await entry.getData(new Uint8ArrayWriter())));
  return entries;
}
