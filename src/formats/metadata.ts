import type { BackboneInfo } from '../core/backbone.ts';
import type { Evaluation } from '../core/evaluation.ts';
import type { Crop, InputRange } from '../core/preprocess.ts';
import type { ExportedClassifier } from './contract.ts';

export const METADATA_FILE = 'metadata.json';
export const METADATA_FORMAT = 'headstart-classifier';
export const METADATA_VERSION = 1;
/** The folder of an export that the backbone's files lie in. */
export const BACKBONE_FOLDER = 'backbone/';

/** The backbone of an export, as far as it must be known to run it. */
export type BackboneMetadata = Pick<
  BackboneInfo,
  | 'id'
  | 'name'
  | 'kind'
  | 'sha256'
  | 'bytes'
  | 'inputSidePx'
  | 'inputRange'
  | 'featureLayer'
  | 'embeddingLength'
> & {
  /** Names inside `backbone/`, model.json first. */
  readonly files: readonly string[];
};

/** `metadata.json` of an export, key by key: all that the two models don't say themselves. */
export interface ClassifierMetadata {
  readonly format: typeof METADATA_FORMAT;
  readonly version: typeof METADATA_VERSION;
  /** What wrote it, such as "Headstart 0.1.0". */
  readonly app: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** In the same order; they outlive a renamed label. */
  readonly classIds: readonly string[];
  readonly backbone: BackboneMetadata;
  readonly preprocessing: {
    readonly crop: Crop;
    readonly resize: string;
    /** From picture to probabilities, in words, for whoever repeats it elsewhere. */
    readonly steps: readonly string[];
  };
  /** Null where nothing was kept aside. */
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
}

export function describeClassifier(source: ExportedClassifier, app: string): ClassifierMetadata {
  const { id, name, kind, sha256, bytes, inputSidePx, inputRange, featureLayer, embeddingLength } =
    source.backbone;
  return {
    format: METADATA_FORMAT,
    version: METADATA_VERSION,
    app,
    createdAt: new Date(source.fittedAtMillis).toISOString(),
    labels: source.classes.map(({ label }) => label),
    classIds: source.classes.map((one) => one.id),
    backbone: {
      id,
      name,
      kind,
      sha256,
      bytes,
      inputSidePx,
      inputRange,
      featureLayer,
      embeddingLength,
      files: source.backboneFiles.map((file) => file.name),
    },
    preprocessing: {
      crop: source.crop,
      resize: 'triangle (Pillow BILINEAR)',
      steps: describeSteps(source),
    },
    validation: source.validation,
    test: source.test,
  };
}

/** The way from a picture to the pixels that a backbone sees, as text. */
export function describePicture({
  backbone,
  crop,
}: Pick<ExportedClassifier, 'backbone' | 'crop'>): readonly string[] {
  return [
    'Decode the picture to 8-bit sRGB, apply its EXIF orientation, and put transparent parts on white.',
    describeCrop(crop, String(backbone.inputSidePx)),
    `Resize with an antialiased triangle filter of 8 bits a channel, rows first: what Pillow calls BILINEAR. Canvas and OpenCV resampling give other values.`,
  ];
}

/** The way from a picture to probabilities, as text. */
export function describeSteps(source: ExportedClassifier): readonly string[] {
  const { backbone, head } = source;
  const side = String(backbone.inputSidePx);
  return [
    ...describePicture(source),
    `Scale each value v from 0 to 255: ${describeRange(backbone.inputRange)}. Shape [1, ${side}, ${side}, 3], channels red, green, blue.`,
    `Run the backbone (backbone/model.json) as far as "${backbone.featureLayer}" and take its ${String(head.embeddingLength)} pooled values: the mean over height and width where the layer still has them.`,
    `Run the head (model.json) on those ${String(head.embeddingLength)} values. Its ${String(head.classIds.length)} outputs are probabilities, in the order of labels.txt.`,
  ];
}

function describeCrop(crop: Crop, side: string): string {
  switch (crop) {
    case 'centre':
      return `Cut out the largest square in the middle, its corner at floor((length - side) / 2), to become ${side} x ${side}.`;
    case 'pad':
      return `Keep the whole picture: its longer side becomes ${side}, the rest of the ${side} x ${side} square is black on both sides alike (Pillow's ImageOps.pad).`;
    case 'stretch':
      return `Keep the whole picture and give up its aspect: width and height both become ${side}.`;
  }
}

function describeRange([min, max]: InputRange): string {
  const span = max - min;
  return `v / 255 * ${String(span)}${min === 0 ? '' : ` ${min < 0 ? '-' : '+'} ${String(Math.abs(min))}`}, from ${String(min)} to ${String(max)}`;
}
