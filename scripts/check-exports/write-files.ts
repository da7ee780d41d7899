/** Has the app's own writers write a classifier's files into a folder. Loaded by Vite, as they are in the app. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../src/core/at.ts';
import type { ModelFile } from '../../src/core/backbone.ts';
import type { EmbeddedSample } from '../../src/formats/contract.ts';
import { writeEmbeddings } from '../../src/formats/write-embeddings.ts';
import { walkOf, type Walk } from '../../src/formats/keras/testing/walk.ts';
import { kerasLayers } from '../../src/formats/layers/keras-layers.ts';
import { classifierNetwork, scalingOfLevels } from '../../src/network/classifier-network.ts';
import { readBackbone, writeWhole } from '../../src/formats/whole/write-whole.ts';
import { HARD_LABELS, makeClassifiers, type Classifier } from './classifiers.ts';

/** A folder of files, and what must be found in them. */
export interface Written {
  readonly title: string;
  readonly folder: string;
  readonly classes: number;
  /** Row-major [pictures, classes]. */
  readonly probabilities: readonly number[];
  readonly walk: Walk;
  readonly embeddings: readonly (readonly number[])[];
  /** Lines of the table of samples, with its titles. */
  readonly samples: readonly (readonly string[])[];
}

const FORMATS = ['keras', 'onnx', 'pytorch'] as const;
const APP = 'Headstart';

/** @param folder that gets one for each classifier. */
export async function writeAll(folder: string, models: string | null): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const [index, classifier] of makeClassifiers(models).entries())
    written.push(await writeOne(classifier, join(folder, String(index))));
  return written;
}

async function writeOne(classifier: Classifier, folder: string): Promise<Written> {
  const { title, source, levels, embeddings, probabilities } = classifier;
  mkdirSync(folder);
  for (const format of FORMATS) {
    const files = await writeWhole(source, { format, precision: 'float32', app: APP });
    if (!files.ok) throw new Error(`${title}: ${JSON.stringify(files.problem)}`);
    save(folder, files.value);
  }
  const samples = HARD_LABELS.map((label, index): EmbeddedSample => {
    const purpose = index === 0 ? 'test' : 'train';
    const embedding = at(embeddings, index % embeddings.length);
    return { name: `${label}, ${String(index)}.png`, label, purpose, embedding };
  });
  const { backbone, crop } = source;
  const noWait = () => Promise.resolve();
  save(folder, await writeEmbeddings({ samples, backbone, crop }, APP, noWait));
  // Where compute.py looks for them.
  writeFileSync(join(folder, 'levels'), Float32Array.from(levels.flatMap((one) => [...one])));
  const lines = samples.map(({ label, purpose, name }, row) => [String(row), label, purpose, name]);
  return {
    title,
    folder,
    classes: source.classes.length,
    probabilities,
    walk: await walkOf(layersOf(classifier)),
    embeddings: samples.map(({ embedding }) => [...embedding]),
    samples: [['row', 'label', 'purpose', 'file'], ...lines],
  };
}

function layersOf({ source }: Classifier) {
  const read = readBackbone(source);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const scaling = scalingOfLevels(source.backbone.inputRange);
  return kerasLayers(classifierNetwork(read.value, source.head, scaling));
}

function save(folder: string, files: readonly ModelFile[]): void {
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
}
