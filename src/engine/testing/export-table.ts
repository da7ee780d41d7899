/** The classifiers on which the exports are tested against one another's features, two by two. */
import type { CheckableFormat } from '../../core/export-format.ts';
import type { Crop, InputRange } from '../../core/preprocess.ts';
import { pairwise, type RowOf } from './pairwise.ts';

interface Target {
  readonly format: CheckableFormat | 'page';
  readonly precision: 'float32' | 'float16';
}

const TARGETS: readonly Target[] = [
  { format: 'tfjs', precision: 'float32' },
  { format: 'tfjs', precision: 'float16' },
  { format: 'tflite', precision: 'float32' },
  { format: 'tflite', precision: 'float16' },
  { format: 'onnx', precision: 'float32' },
  { format: 'page', precision: 'float32' },
];
const CROPS: readonly Crop[] = ['centre', 'pad', 'stretch'];
const RANGES: readonly InputRange[] = [
  [-1, 1],
  [0, 1],
];

export const FACTORS = {
  /** 97 comes to odd maps before every stride, 96, 160 and 224 after the last one. */
  sidePx: [96, 97, 128, 160, 192, 224],
  target: TARGETS,
  alpha: [0.25, 0.5, 0.75, 1],
  version: [1, 2],
  form: ['graph', 'layers'],
  /** Units of the head's hidden layers. */
  hidden: [[], [16], [24, 8]],
  classes: [2, 50],
  crop: CROPS,
  inputRange: RANGES,
} as const;

export type ExportRow = RowOf<typeof FACTORS>;

export const EXPORT_TABLE: readonly ExportRow[] = pairwise(FACTORS);

/** What a row is, in words. */
export function describeRow(row: ExportRow): string {
  const { version, alpha, sidePx, form, hidden, classes, crop, inputRange, target } = row;
  return [
    `V${version} α ${alpha} ${sidePx} px ${form}`,
    `[${String(inputRange)}] ${crop}`,
    `head ${[...hidden, classes].join('-')}`,
    `${target.format} ${target.precision}`,
  ].join(', ');
}
