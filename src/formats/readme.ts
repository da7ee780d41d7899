import { type Evaluation, tooFewToTrust } from '../core/evaluation.ts';
import type { ClassifierMetadata } from './metadata.ts';
import { heading, list, wrap } from './plain-text.ts';

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
