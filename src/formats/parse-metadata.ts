import { type Evaluation, evaluateConfusion } from '../core/evaluation.ts';
import { cleanLabel } from '../core/labels.ts';
import type { InputRange } from '../core/preprocess.ts';
import { MAX_LABEL_LENGTH } from '../core/dataset.ts';
import { Field } from './field.ts';
import {
  METADATA_FILE,
  METADATA_FORMAT,
  METADATA_VERSION,
  type BackboneMetadata,
  type ClassifierMetadata,
} from './metadata.ts';

/** More classes than any head here could be fitted to. */
export const MAX_CLASSES = 10_000;
const MAX_BACKBONE_FILES = 1000;
export const SHA256 = /^[0-9a-f]{64}$/u;
/** Begins with a letter or digit, so that no name of an object's inner workings passes. */
const CLASS_ID = /^[A-Za-z0-9][\w-]*$/u;
/** One plain name, without folders; `.` and `..` are none. */
const FILE_NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u;
/** Visible text of one line. */
const PLAIN = /^\P{Cc}*$/u;

/** Whether this JSON says that it is ours, whatever else may be wrong with it. */
export function isClassifierMetadata(text: string): boolean {
  try {
    return Field.parse(text, METADATA_FILE).get('format').text(100) === METADATA_FORMAT;
  } catch {
    return false;
  }
}

/**
 * Reads `metadata.json`, trusting nothing in it.
 *
 * @throws ShapeError that names the field.
 */
export function parseMetadata(text: string): ClassifierMetadata {
  const root = Field.parse(text, METADATA_FILE);
  const format = root.get('format').oneOf([METADATA_FORMAT]);
  const version = root.get('version').oneOf([METADATA_VERSION]);
  const labels = readLabels(root.get('labels'));
  const preprocessing = root.get('preprocessing');
  return {
    format,
    version,
    app: root.get('app').text(200, PLAIN),
    createdAt: readDate(root.get('createdAt')),
    labels,
    classIds: readClassIds(root.get('classIds'), labels.length),
    backbone: readBackbone(root.get('backbone')),
    preprocessing: {
      crop: preprocessing.get('crop').oneOf(['centre', 'pad', 'stretch']),
      resize: preprocessing.get('resize').text(1000),
      steps: preprocessing
        .get('steps')
        .items(0, 100)
        .map((step) => step.text(2000)),
    },
    validation: readEvaluation(root.get('validation'), labels.length),
    test: readEvaluation(root.get('test'), labels.length),
  };
}

/** Cleaned as if they had been typed; each once. */
function readLabels(field: Field): readonly string[] {
  const labels = new Set<string>();
  for (const item of field.items(2, MAX_CLASSES)) {
    // Characters that are taken out may make it longer than a label can be.
    const label = cleanLabel(item.text(2 * MAX_LABEL_LENGTH), []);
    if (!label.ok) throw item.error(`can't be a label (${label.problem.code})`);
    if (labels.has(label.value)) throw item.error("can't be a label (label-taken)");
    labels.add(label.value);
  }
  return [...labels];
}

function readClassIds(field: Field, count: number): readonly string[] {
  const ids = field.items(count, count).map((id) => id.text(64, CLASS_ID));
  if (new Set(ids).size < ids.length) throw field.error('must all be different');
  return ids;
}

function readDate(field: Field): string {
  const text = field.text(40);
  if (Number.isNaN(Date.parse(text))) throw field.error('must be a date');
  return text;
}

function readBackbone(field: Field): BackboneMetadata {
  const files = field
    .get('files')
    .items(1, MAX_BACKBONE_FILES)
    .map((name) => name.text(255, FILE_NAME));
  return {
    id: field.get('id').text(200, PLAIN),
    name: field.get('name').text(300, PLAIN),
    kind: field.get('kind').oneOf(['graph-model', 'layers-model']),
    sha256: field.get('sha256').text(64, SHA256),
    bytes: field.get('bytes').integer(0, Number.MAX_SAFE_INTEGER),
    inputSidePx: field.get('inputSidePx').integer(1, 8192),
    inputRange: readRange(field.get('inputRange')),
    featureLayer: field.get('featureLayer').text(1000, PLAIN),
    embeddingLength: field.get('embeddingLength').integer(1, 1_000_000),
    files,
  };
}

/** @throws ShapeError */
export function readRange(field: Field): InputRange {
  const [min, max] = field.items(2, 2).map((bound) => bound.number(-1e6, 1e6));
  if (min === undefined || max === undefined || min >= max) throw field.error('must rise');
  return [min, max];
}

/** Only the counts are read; what follows from them is computed anew. */
export function readEvaluation(field: Field, classCount: number): Evaluation | null {
  if (field.isNull) return null;
  const confusion = field
    .get('confusion')
    .items(classCount, classCount)
    .map((line) => line.items(classCount, classCount).map((cell) => cell.integer(0, 1e9)));
  return evaluateConfusion(confusion);
}
