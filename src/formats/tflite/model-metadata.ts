/**
 * TensorFlow Lite's Model Metadata, which MediaPipe's and the Task Library's image classifiers read:
 * numbers of metadata_schema.fbs (tensorflow/tflite-support, tensorflow_lite_support/metadata,
 * schema version 1.5.0).
 */
import { Builder } from 'flatbuffers';
import { writeFloats, writeOffsets, writeTable } from './flatbuffer.ts';

const FILE_IDENTIFIER = 'M001';
/** All that is written here was in the schema's first version. */
const MIN_PARSER_VERSION = '1.0.0';
/** Members of unions and enumerations. */
const FEATURE_PROPERTIES = 1;
const IMAGE_PROPERTIES = 2;
const NORMALIZATION_OPTIONS = 1;
const RGB = 1;
const TENSOR_AXIS_LABELS = 2;

export interface ModelMetadata {
  /** Of the classifier. */
  readonly name: string;
  readonly description: string;
  /** The file with its classes, in the zip behind the model. */
  readonly labelsFile: string;
}

/**
 * The bytes of the metadata of an image classifier: an RGB picture of levels from 0 to 255 in, the
 * probabilities of the classes out. Mean 0 and standard deviation 1 leave the levels as they are,
 * because such a network scales them itself.
 */
export function writeModelMetadata({ name, description, labelsFile }: ModelMetadata): Uint8Array {
  const builder = new Builder(1024);
  const inputs = writeOffsets(builder, [writeImage(builder)]);
  const outputs = writeOffsets(builder, [writeProbabilities(builder, labelsFile)]);
  const graph = writeTable(builder, 10, [
    [2, inputs],
    [3, outputs],
  ]);
  const fields = [
    [0, builder.createString(name)],
    [1, builder.createString(description)],
    [3, writeOffsets(builder, [graph])],
    [7, builder.createString(MIN_PARSER_VERSION)],
  ] as const;
  builder.finish(writeTable(builder, 8, fields), FILE_IDENTIFIER);
  return builder.asUint8Array();
}

function writeImage(builder: Builder): number {
  const image = writeTable(builder, 2, [], [[0, RGB]]);
  const normalisation = writeTable(builder, 2, [
    [0, writeFloats(builder, [0])],
    [1, writeFloats(builder, [1])],
  ]);
  const unit = writeTable(builder, 2, [[1, normalisation]], [[0, NORMALIZATION_OPTIONS]]);
  return writeTable(builder, 7, [
    [0, builder.createString('image')],
    [1, builder.createString('The picture: levels from 0 to 255 in the order red, green, blue.')],
    [3, writeTable(builder, 3, [[1, image]], [[0, IMAGE_PROPERTIES]])],
    [4, writeOffsets(builder, [unit])],
    [5, writeStats(builder, 0, 255)],
  ]);
}

function writeProbabilities(builder: Builder, labelsFile: string): number {
  const features = writeTable(builder, 0, []);
  const labels = writeTable(
    builder,
    5,
    [
      [0, builder.createString(labelsFile)],
      [1, builder.createString('The classes in the order of the outputs, one a line.')],
    ],
    [[2, TENSOR_AXIS_LABELS]],
  );
  return writeTable(builder, 7, [
    [0, builder.createString('probabilities')],
    [1, builder.createString('How likely each class is.')],
    [3, writeTable(builder, 3, [[1, features]], [[0, FEATURE_PROPERTIES]])],
    [5, writeStats(builder, 0, 1)],
    [6, writeOffsets(builder, [labels])],
  ]);
}

function writeStats(builder: Builder, min: number, max: number): number {
  return writeTable(builder, 2, [
    [0, writeFloats(builder, [max])],
    [1, writeFloats(builder, [min])],
  ]);
}
