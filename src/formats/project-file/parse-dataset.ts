import { createBreather } from '../../core/breathe.ts';
import { MAX_LABEL_LENGTH, type Dataset, type Sample } from '../../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS, DEFAULT_TRAINING_OPTIONS } from '../../core/default-options.ts';
import { apply, EditMisfit, invert, type Edit, type PlacedClass } from '../../core/edit.ts';
import type { Step, Versioned } from '../../core/history.ts';
import { cleanLabel } from '../../core/labels.ts';
import type { ProjectOptions, TrainingOptions } from '../../core/options.ts';
import { Cancelled } from '../../core/problem.ts';
import { Field } from '../field.ts';
import { MAX_CLASSES, SHA256 } from '../parse-metadata.ts';
import { SAMPLES_FILE } from './layout.ts';

/** Begins with a letter or digit, so that no name of an object's inner workings passes. */
export const ID = /^[A-Za-z0-9][\w-]*$/u;
const BATCH = /^[\w-]*$/u;
const MOST_SAMPLES = 1_000_000;
const MOST_STEPS = 100_000;
/** Each edit goes through all samples. So many are gone through in all, which takes seconds: a drop of 100,000 pictures has room. */
const MOST_VISITS = 130_000_000;
/** Removing everything is two deep. */
const DEEPEST_EDIT = 8;
/** As long as a zip's own names can be. */
const LONGEST_PATH = 65_535;
/** The last moment that a Date knows. */
const LAST_MILLIS = 8.64e15;

/** Every line is a sample. @throws ShapeError, Cancelled */
export async function parseSamples(text: string, signal?: AbortSignal): Promise<Sample[]> {
  const breathe = createBreather();
  const samples: Sample[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end > start) {
      const place = `${SAMPLES_FILE}, line ${String(samples.length + 1)}`;
      const field = Field.parse(text.slice(start, end), place);
      if (samples.length === MOST_SAMPLES) throw field.error('is one too many');
      samples.push(readSample(field));
    }
    start = end + 1;
    await breathe();
    if (signal?.aborted) throw new Cancelled();
  }
  return samples;
}

function readSample(field: Field): Sample {
  const origin = field.get('origin');
  const modified = origin.get('modifiedAtMillis');
  return {
    id: field.get('id').text(64, ID),
    hash: field.get('hash').text(64, SHA256),
    classId: field.get('classId').isNull ? null : field.get('classId').text(64, ID),
    purpose: field.get('purpose').oneOf(['learn', 'judge']),
    name: field.get('name').text(LONGEST_PATH),
    origin: {
      kind: origin
        .get('kind')
        .oneOf(['files', 'archive', 'recording', 'pasted', 'drawn', 'project']),
      batch: origin.get('batch').text(64, BATCH),
      path: origin.get('path').text(LONGEST_PATH),
      modifiedAtMillis: modified.isNull ? null : readMillis(modified),
    },
    widthPx: field.get('widthPx').integer(1, 1_000_000),
    heightPx: field.get('heightPx').integer(1, 1_000_000),
    addedAtMillis: readMillis(field.get('addedAtMillis')),
  };
}

export function readMillis(field: Field): number {
  return field.number(-LAST_MILLIS, LAST_MILLIS);
}

/**
 * The project as it came about: the base, and on it every edit, so that each fits the dataset that
 * it is made on and what takes it back is made here.
 *
 * @throws ShapeError, Cancelled
 */
export async function parseVersioned(
  root: Field,
  samples: readonly Sample[],
  signal?: AbortSignal,
): Promise<Versioned> {
  const breathe = createBreather();
  let visits = 0;
  const make = async (dataset: Dataset, field: Field): Promise<[Dataset, Step]> => {
    if (signal?.aborted) throw new Cancelled();
    await breathe();
    const edit = readEdit(field.get('edit'), samples, 0);
    const step = { edit, group: field.get('group').text(64, BATCH) };
    visits += countEdits(edit) * (dataset.samples.length + 1);
    if (visits > MOST_VISITS) throw field.error('is one edit too many for so many pictures');
    return fitting(field, () => [
      apply(dataset, edit),
      { edit, inverse: invert(dataset, edit), group: step.group },
    ]);
  };
  const done: Step[] = [];
  let dataset = readBase(root.get('base'), samples);
  for (const field of root.get('done').items(0, MOST_STEPS)) {
    const [after, step] = await make(dataset, field);
    dataset = after;
    done.push(step);
  }
  const again: Step[] = [];
  let later = dataset;
  for (const field of root.get('undone').items(0, MOST_STEPS).toReversed()) {
    const [after, step] = await make(later, field);
    later = after;
    again.push(step);
  }
  return { dataset, history: { done, undone: again.reverse() } };
}

function countEdits(edit: Edit): number {
  if (edit.kind !== 'together') return 1;
  return edit.edits.reduce((sum, one) => sum + countEdits(one), 0);
}

/** Where an edit doesn't fit, it is the file's fault. */
function fitting<T>(field: Field, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof EditMisfit)) throw error;
    throw field.error(`doesn't fit what is there (${error.message})`);
  }
}

/** Built of edits, so that ids, labels and the order are as an edit would have them. */
function readBase(field: Field, samples: readonly Sample[]): Dataset {
  const classes = field
    .get('classes')
    .items(0, MAX_CLASSES)
    .map((one, index) => ({ ...readClass(one), index }));
  const empty: Dataset = {
    name: readName(field.get('name')),
    classes: [],
    samples: [],
    options: readOptions(field.get('options')),
  };
  return fitting(field, () => {
    const labelled = apply(empty, { kind: 'add-classes', classes });
    return apply(labelled, { kind: 'add-samples', samples: pick(field, samples) });
  });
}

/** @param field has the lines of some samples as `samples`. */
function pick(field: Field, samples: readonly Sample[]): readonly Sample[] {
  return field
    .get('samples')
    .items(0, MOST_SAMPLES)
    .map((index) => {
      const sample = samples[index.integer(0, samples.length)];
      if (!sample) throw index.error('is no line of the samples');
      return sample;
    });
}

function readName(field: Field): string {
  const text = field.text(2 * MAX_LABEL_LENGTH);
  const cleaned = cleanLabel(text, []);
  return cleaned.ok ? cleaned.value : '';
}

function readClass(field: Field): { readonly id: string; readonly label: string } {
  const label = cleanLabel(field.get('label').text(2 * MAX_LABEL_LENGTH), []);
  if (!label.ok) throw field.error(`can't have this label (${label.problem.code})`);
  return { id: field.get('id').text(64, ID), label: label.value };
}

function readIds(field: Field): readonly string[] {
  return field.items(0, MOST_SAMPLES).map((id) => id.text(64, ID));
}

const KINDS: readonly Edit['kind'][] = [
  'add-classes',
  'remove-classes',
  'rename-class',
  'reorder-classes',
  'add-samples',
  'remove-samples',
  'label-samples',
  'mark-samples',
  'set-options',
  'rename-project',
  'together',
];

function readEdit(field: Field, samples: readonly Sample[], depth: number): Edit {
  const kind = field.get('kind').oneOf(KINDS);
  switch (kind) {
    case 'add-classes':
      return { kind, classes: field.get('classes').items(0, MAX_CLASSES).map(readPlaced) };
    case 'remove-classes':
    case 'reorder-classes':
    case 'remove-samples':
      return { kind, ids: readIds(field.get('ids')) };
    case 'rename-class':
      return { kind, ...readClass(field) };
    case 'add-samples':
      return { kind, samples: pick(field, samples) };
    case 'label-samples':
      return {
        kind,
        labels: field
          .get('labels')
          .items(0, MOST_SAMPLES)
          .map((one) => ({
            id: one.get('id').text(64, ID),
            classId: one.get('classId').isNull ? null : one.get('classId').text(64, ID),
          })),
      };
    case 'mark-samples':
      return {
        kind,
        marks: field
          .get('marks')
          .items(0, MOST_SAMPLES)
          .map((one) => ({
            id: one.get('id').text(64, ID),
            purpose: one.get('purpose').oneOf(['learn', 'judge']),
          })),
      };
    case 'set-options':
      return { kind, options: readOptions(field.get('options')) };
    case 'rename-project':
      return { kind, name: readName(field.get('name')) };
    case 'together':
      if (depth === DEEPEST_EDIT) throw field.error('is nested too deep');
      return {
        kind,
        edits: field
          .get('edits')
          .items(0, MOST_STEPS)
          .map((one) => readEdit(one, samples, depth + 1)),
      };
  }
}

function readPlaced(field: Field): PlacedClass {
  return { ...readClass(field), index: field.get('index').integer(0, MAX_CLASSES) };
}

/** Options that a version didn't know yet get their defaults. Their ranges are for training to check. */
export function readOptions(field: Field): ProjectOptions {
  return {
    backboneId: field.get('backboneId').text(200),
    crop: field.get('crop').isNull
      ? DEFAULT_PROJECT_OPTIONS.crop
      : field.get('crop').oneOf(['centre', 'pad', 'stretch']),
    training: readTraining(field.get('training')),
  };
}

function readTraining(field: Field): TrainingOptions {
  const standard = DEFAULT_TRAINING_OPTIONS;
  const number = (name: keyof TrainingOptions, otherwise: number): number =>
    field.get(name).isNull ? otherwise : field.get(name).number(-1e12, 1e12);
  const numberOrNull = (name: keyof TrainingOptions): number | null =>
    field.get(name).isNull ? null : field.get(name).number(-1e12, 1e12);
  const oneOf = <T extends string | boolean>(
    name: keyof TrainingOptions,
    choices: readonly T[],
    otherwise: T,
  ): T => (field.get(name).isNull ? otherwise : field.get(name).oneOf(choices));
  const units = field.get('hiddenUnits');
  return {
    solver: oneOf('solver', ['exact', 'step-by-step'], standard.solver),
    loss: oneOf('loss', ['cross-entropy', 'mean-squared-error'], standard.loss),
    optimizer: oneOf('optimizer', ['adam', 'sgd'], standard.optimizer),
    momentum: number('momentum', standard.momentum),
    learningRate: numberOrNull('learningRate'),
    schedule: oneOf('schedule', ['constant', 'cosine', 'step'], standard.schedule),
    warmup: number('warmup', standard.warmup),
    epochs: numberOrNull('epochs'),
    batchSize: numberOrNull('batchSize'),
    l2: numberOrNull('l2'),
    labelSmoothing: number('labelSmoothing', standard.labelSmoothing),
    balancedClassWeights: oneOf('balancedClassWeights', [true, false], false),
    earlyStopping: oneOf('earlyStopping', [true, false], standard.earlyStopping),
    patience: number('patience', standard.patience),
    hiddenUnits: units.isNull
      ? standard.hiddenUnits
      : units.items(0, 10).map((one) => one.number(-1e12, 1e12)),
    dropout: number('dropout', standard.dropout),
    validationShare: number('validationShare', standard.validationShare),
    seed: number('seed', standard.seed),
  };
}
