import type { WeightPrecision, WholeFormat } from '../../core/export-format.ts';
import type { ExportedClassifier } from '../contract.ts';
import { describePicture } from '../metadata.ts';
import { heading, list, wrap } from '../text-file.ts';
import { describeResults } from '../write-classifier.ts';
import { SNIPPETS } from './snippets.ts';

const TITLES: Readonly<Record<WholeFormat, string>> = {
  tfjs: 'a TensorFlow.js layers model, in Teachable Machine’s layout',
  tflite: 'a TensorFlow Lite model, for LiteRT',
  onnx: 'an ONNX model',
  keras: 'a Keras model, once for Keras 3 and once for older ones',
  pytorch: 'a PyTorch module with its weights',
};

const FILES: Readonly<Record<WholeFormat, readonly (readonly [name: string, what: string])[]>> = {
  tfjs: [
    [
      'model.json, weights.bin',
      'the whole classifier, for tf.loadLayersModel and TF.js from 1.3 on',
    ],
    ['metadata.json', 'labels and input size, as Teachable Machine’s library reads them'],
  ],
  tflite: [
    [
      'model.tflite',
      'the whole classifier: input [1, side, side, 3], output [1, classes]; with the labels and metadata that MediaPipe and the Task Library read',
    ],
  ],
  onnx: [
    [
      'model.onnx',
      'the whole classifier, opset 13: input "image" [batch, side, side, 3], output "output" [batch, classes]',
    ],
  ],
  keras: [
    ['model.keras', 'the whole classifier, for Keras 3'],
    ['model.h5', 'the same, for Keras 2 and 3'],
  ],
  pytorch: [
    ['model.py', 'builds the network, loads it, prepares pictures and classifies them'],
    ['model.safetensors', 'its weights, steps and labels'],
  ],
};

const PRECISION_WORDS: Readonly<Record<WeightPrecision, string>> = {
  float32: 'Its weights are in single precision, as they were trained.',
  float16:
    'Its weights are in half precision, which takes half the room and moves probabilities a little.',
  uint8: 'Its weights are in eight bits, which takes a quarter of the room and can change answers.',
  int8: 'Its weights and all that it computes are in eight bits, set to what pictures of its own gave: a quarter of the room, made for small computers, and some answers are others.',
};

/** README.txt of a classifier in one format: what it is, how to use it, how to repeat the preview. */
export function describeWhole(
  source: ExportedClassifier,
  { format, precision }: { readonly format: WholeFormat; readonly precision: WeightPrecision },
  app: string,
): string {
  const { classes, backbone } = source;
  const side = String(backbone.inputSidePx);
  const steps = [
    ...describePicture(source),
    describeInput(format, side),
    describeAnswer(classes.length),
  ];
  return [
    heading(`An image classifier of ${String(classes.length)} classes`, '='),
    wrap(
      `Made with ${app} on ${new Date(source.fittedAtMillis).toISOString().slice(0, 10)} from ${backbone.name}: ${TITLES[format]}. ${PRECISION_WORDS[precision]}`,
    ),
    wrap(describeResults(source)),
    heading('What is inside'),
    list([...FILES[format], ['labels.txt', 'the classes in the order of the outputs, one a line']]),
    heading('From a picture to an answer'),
    wrap(
      'The preview in Headstart did exactly this. Resizing is part of it: another filter or crop gives other answers.',
    ),
    steps.map((step, index) => wrap(step, `${String(index + 1)}. `)).join('\n'),
    heading('Use it'),
    ...SNIPPETS[format](source).flatMap(({ title, text }) => [wrap(title), indent(text)]),
    '',
  ].join('\n\n');
}

function describeInput(format: WholeFormat, side: string): string {
  const shape = `Shape [1, ${side}, ${side}, 3], float32, channels red, green, blue.`;
  return format === 'tfjs'
    ? `Scale each level v from 0 to 255 to v / 127 - 1, as Teachable Machine’s library does; a layer inside the model turns that into what its network wants. ${shape}`
    : `Give the model the levels from 0 to 255 as they are: scaling is inside. ${shape}`;
}

function describeAnswer(classes: number): string {
  return `The ${String(classes)} outputs are probabilities, in the order of labels.txt.`;
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}
