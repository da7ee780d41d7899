import { cleanLabel } from '../../core/labels.ts';
import type { Crop } from '../../core/preprocess.ts';
import { MAX_LABEL_LENGTH } from '../../core/dataset.ts';
import { Field } from '../field.ts';
import { METADATA_FILE } from '../metadata.ts';
import { MAX_CLASSES } from '../parse-metadata.ts';

/** What counts of a `metadata.json` that Teachable Machine wrote, or of one in its layout. */
export interface TeachableMetadata {
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** Teachable Machine's own is the centre; only our exports say another. */
  readonly crop: Crop;
  /** Null where it doesn't say. */
  readonly createdAtMillis: number | null;
}

/** Whether this JSON has what its library looks for: a list of labels. */
export function isTeachableMetadata(text: string): boolean {
  try {
    return Field.parse(text, METADATA_FILE).get('labels').isArray;
  } catch {
    return false;
  }
}

/**
 * Reads `metadata.json`, trusting nothing in it.
 *
 * @throws ShapeError that names the field.
 */
export function parseTeachableMetadata(text: string): TeachableMetadata {
  const root = Field.parse(text, METADATA_FILE);
  const user = root.get('userMetadata');
  const crop = user.isNull ? null : user.get('crop');
  const time = root.get('timeStamp');
  const millis = time.isNull ? NaN : Date.parse(time.text(100));
  return {
    labels: readLabels(root.get('labels')),
    crop: crop === null || crop.isNull ? 'centre' : crop.oneOf(['centre', 'pad', 'stretch']),
    createdAtMillis: Number.isNaN(millis) ? null : millis,
  };
}

/** Cleaned as if they had been typed; those that would look alike, or like nothing, get a number. */
function readLabels(field: Field): readonly string[] {
  const labels = new Set<string>();
  const twins = new Map<string, number>();
  for (const [index, item] of field.items(1, MAX_CLASSES).entries()) {
    const read = cleanLabel(item.text(2 * MAX_LABEL_LENGTH), []);
    if (!read.ok && read.problem.code !== 'label-empty')
      throw item.error(`can't be a label (${read.problem.code})`);
    const wanted = read.ok ? read.value : `Class ${String(index + 1)}`;
    let label = wanted;
    while (labels.has(label)) {
      const number = (twins.get(wanted) ?? 1) + 1;
      twins.set(wanted, number);
      label = `${wanted} (${String(number)})`;
    }
    labels.add(label);
  }
  return [...labels];
}
