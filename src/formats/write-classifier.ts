import type { ModelFile } from '../core/backbone.ts';
import type { ExportedClassifier } from './contract.ts';
import {
  BACKBONE_FOLDER,
  describeClassifier,
  METADATA_FILE,
  type ClassifierMetadata,
} from './metadata.ts';
import { labelsFile, textFile, heading, list, wrap } from './text-file.ts';
import { writeHead } from './tfjs-layers.ts';
import { type Evaluation, tooFewToTrust } from '../core/evaluation.ts';

/**
 * The files of an export: the head as a TF.js layers model, the backbone as it
 * was fetched, what must be known to run both, and a page that does it.
 *
 * @param app what writes it, such as "Headstart 0.1.0".
 */
export function writeClassifier(source: ExportedClassifier, app: string): readonly ModelFile[] {
  const metadata = describeClassifier(source, app);
  const files = [
    ...writeHead(source.head, app),
    textFile(METADATA_FILE, `${JSON.stringify(metadata, null, 2)}\n`),
    labelsFile(metadata.labels),
    textFile('README.txt', describeExport(metadata)),
    ...source.backboneFiles.map(({ name, bytes }) => ({ name: BACKBONE_FOLDER + name, bytes })),
    ...source.playerFiles,
  ];
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) throw new Error('two files of the export have one name');
  return files;
}

/** README.txt of an export: what is inside, how to use it, how to repeat it. Plain text. */
export function describeExport(metadata: ClassifierMetadata): string {
  const { labels, backbone, preprocessing } = metadata;
  return [
    heading(`An image classifier of ${String(labels.length)} classes`, '='),
    wrap(
      `Made with ${metadata.app} on ${metadata.createdAt.slice(0, 10)}. It answers with the probabilities of:`,
    ),
    labels.map((label) => `    ${label}`).join('\n'),
    describeResults(metadata),
    heading('Use it'),
    wrap('Serve this folder with any static web server and open the page, for example:'),
    '    python3 -m http.server 8000\n    http://127.0.0.1:8000/',
    wrap(
      'Opened as a file, without a server, browsers refuse to load the model. The page asks for nothing but the files of this folder: no picture leaves the machine.',
    ),
    wrap('To go on working with it, drop this folder or its zip on Headstart.'),
    heading('What is inside'),
    list([
      ['index.html', 'classifies pictures and the camera; what it needs lies beside it'],
      ['model.json, weights.bin', 'the head: a TensorFlow.js layers model for tf.loadLayersModel'],
      [
        'backbone/',
        `the network before it: ${backbone.name}, a TensorFlow.js ${backbone.kind === 'graph-model' ? 'graph model for tf.loadGraphModel' : 'layers model for tf.loadLayersModel'}`,
      ],
      ['metadata.json', 'labels in output order, how pictures are prepared, how well it did'],
      ['labels.txt', 'the labels alone, one a line, in output order'],
    ]),
    heading('From a picture to an answer'),
    wrap('Resizing is part of the model: another filter or crop gives other answers.'),
    preprocessing.steps.map((step, index) => wrap(step, `${String(index + 1)}. `)).join('\n'),
    '',
  ].join('\n\n');
}

/** How well it did, in a sentence. */
export function describeResults({
  validation,
  test,
}: Pick<ClassifierMetadata, 'validation' | 'test'>): string {
  if (test !== null && test.count > 0)
    return wrap(describeAccuracy(test, 'in a test folder, which it never saw'));
  if (validation !== null && validation.count > 0) {
    return wrap(describeAccuracy(validation, 'kept aside from training'));
  }
  return wrap('How well it does is not known: no pictures were kept aside to judge it by.');
}

function describeAccuracy(evaluation: Evaluation, where: string): string {
  const { accuracy, count, interval } = evaluation;
  const percent = (share: number) => String(Math.round(share * 100));
  if (tooFewToTrust(evaluation)) {
    const right = String(Math.round(accuracy * count));
    return `It was right about ${right} of ${String(count)} pictures ${where}: too few to tell how well it does.`;
  }
  const [low, high] = interval.map(percent);
  return `It was right about ${percent(accuracy)} % of ${String(count)} pictures ${where} (95 % interval: ${low ?? ''} to ${high ?? ''} %).`;
}
