import { at } from './at.ts';
import {
  compareSamples,
  type ClassLabel,
  type Dataset,
  type Purpose,
  type Sample,
} from './dataset.ts';
import type { ProjectOptions } from './options.ts';

/** A class and its place among the others, from 0. */
export interface PlacedClass extends ClassLabel {
  readonly index: number;
}

/** One change of a dataset. Plain data: it can be kept, sent, and written as JSON. */
export type Edit =
  /** Classes come to the places that they name, lowest first. */
  | { readonly kind: 'add-classes'; readonly classes: readonly PlacedClass[] }
  /** Classes that no sample is labelled with any more. */
  | { readonly kind: 'remove-classes'; readonly ids: readonly string[] }
  | { readonly kind: 'rename-class'; readonly id: string; readonly label: string }
  /** All ids, in their new order. */
  | { readonly kind: 'reorder-classes'; readonly ids: readonly string[] }
  | { readonly kind: 'add-samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'remove-samples'; readonly ids: readonly string[] }
  /** Gives samples another label, or none. */
  | {
      readonly kind: 'label-samples';
      readonly labels: readonly { readonly id: string; readonly classId: string | null }[];
    }
  | {
      readonly kind: 'mark-samples';
      readonly marks: readonly { readonly id: string; readonly purpose: Purpose }[];
    }
  | { readonly kind: 'set-options'; readonly options: ProjectOptions }
  | { readonly kind: 'rename-project'; readonly name: string }
  /** Several as one, in their order: merging classes is labelling, then removing. */
  | { readonly kind: 'together'; readonly edits: readonly Edit[] };

/** An edit that doesn't fit the dataset: a class or sample that isn't there, or is there already. */
export class EditMisfit extends Error {
  override readonly name = 'EditMisfit';
}

/** @returns the dataset after an edit. @throws {EditMisfit} where it doesn't fit; nothing is changed then. */
export function apply(dataset: Dataset, edit: Edit): Dataset {
  const { classes, samples } = dataset;
  switch (edit.kind) {
    case 'add-classes':
      return { ...dataset, classes: withClasses(classes, edit.classes) };
    case 'remove-classes':
      return { ...dataset, classes: withoutClasses(dataset, edit.ids) };
    case 'rename-class':
      return { ...dataset, classes: renamed(classes, edit.id, edit.label) };
    case 'reorder-classes':
      return { ...dataset, classes: reordered(classes, edit.ids) };
    case 'add-samples':
      return { ...dataset, samples: withSamples(dataset, edit.samples) };
    case 'remove-samples':
      return { ...dataset, samples: withoutSamples(samples, edit.ids) };
    case 'label-samples': {
      const labels = new Map(edit.labels.map(({ id, classId }) => [id, classId]));
      for (const classId of labels.values()) requireClass(classes, classId);
      return { ...dataset, samples: changed(samples, labels, (classId) => ({ classId })) };
    }
    case 'mark-samples': {
      const marks = new Map(edit.marks.map(({ id, purpose }) => [id, purpose]));
      return { ...dataset, samples: changed(samples, marks, (purpose) => ({ purpose })) };
    }
    case 'set-options':
      return { ...dataset, options: edit.options };
    case 'rename-project':
      return { ...dataset, name: edit.name };
    case 'together':
      return edit.edits.reduce(apply, dataset);
  }
}

/**
 * @param dataset before the edit.
 * @returns the edit that takes it back: `apply(apply(d, e), invert(d, e))` equals `d`.
 * @throws {EditMisfit} where it doesn't fit.
 */
export function invert(dataset: Dataset, edit: Edit): Edit {
  const { classes, samples } = dataset;
  switch (edit.kind) {
    case 'add-classes':
      return { kind: 'remove-classes', ids: edit.classes.map(({ id }) => id) };
    case 'remove-classes':
      return { kind: 'add-classes', classes: placesOf(classes, edit.ids) };
    case 'rename-class': {
      const { id, label } = requireClass(classes, edit.id);
      return { kind: 'rename-class', id, label };
    }
    case 'reorder-classes':
      return { kind: 'reorder-classes', ids: classes.map(({ id }) => id) };
    case 'add-samples':
      return { kind: 'remove-samples', ids: edit.samples.map(({ id }) => id) };
    case 'remove-samples':
      return { kind: 'add-samples', samples: pick(samples, edit.ids) };
    case 'label-samples': {
      const before = pick(samples, idsOf(edit.labels));
      return {
        kind: 'label-samples',
        labels: before.map(({ id, classId }) => ({ id, classId })),
      };
    }
    case 'mark-samples': {
      const before = pick(samples, idsOf(edit.marks));
      return { kind: 'mark-samples', marks: before.map(({ id, purpose }) => ({ id, purpose })) };
    }
    case 'set-options':
      return { kind: 'set-options', options: dataset.options };
    case 'rename-project':
      return { kind: 'rename-project', name: dataset.name };
    case 'together':
      return { kind: 'together', edits: invertAll(dataset, edit.edits) };
  }
}

function invertAll(dataset: Dataset, edits: readonly Edit[]): readonly Edit[] {
  const inverses: Edit[] = [];
  let before = dataset;
  for (const edit of edits) {
    inverses.unshift(invert(before, edit));
    before = apply(before, edit);
  }
  return inverses;
}

function idsOf(entries: readonly { readonly id: string }[]): readonly string[] {
  return entries.map(({ id }) => id);
}

function requireClass(classes: readonly ClassLabel[], id: string): ClassLabel;
function requireClass(classes: readonly ClassLabel[], id: string | null): ClassLabel | null;
function requireClass(classes: readonly ClassLabel[], id: string | null): ClassLabel | null {
  if (id === null) return null;
  const found = classes.find((one) => one.id === id);
  if (found === undefined) throw new EditMisfit(`no class ${id}`);
  return found;
}

/** A label is taken once among the classes. */
function requireFree(classes: readonly ClassLabel[], label: string): void {
  if (classes.some((one) => one.label === label)) throw new EditMisfit('the label is taken');
}

function withClasses(
  classes: readonly ClassLabel[],
  added: readonly PlacedClass[],
): readonly ClassLabel[] {
  const together = [...classes];
  for (const { id, label, index } of added.toSorted((a, b) => a.index - b.index)) {
    if (together.some((one) => one.id === id)) throw new EditMisfit(`class ${id} is there`);
    requireFree(together, label);
    if (index > together.length) throw new EditMisfit(`no place ${String(index)} for a class`);
    together.splice(index, 0, { id, label });
  }
  return together;
}

function withoutClasses(
  { classes, samples }: Dataset,
  ids: readonly string[],
): readonly ClassLabel[] {
  const gone = new Set(placesOf(classes, ids).map(({ id }) => id));
  if (samples.some(({ classId }) => classId !== null && gone.has(classId)))
    throw new EditMisfit('a class still has samples');
  return classes.filter(({ id }) => !gone.has(id));
}

function placesOf(classes: readonly ClassLabel[], ids: readonly string[]): readonly PlacedClass[] {
  const places = ids.map((id) => {
    const { label } = requireClass(classes, id);
    return { id, label, index: classes.findIndex((one) => one.id === id) };
  });
  return places.sort((a, b) => a.index - b.index);
}

function renamed(classes: readonly ClassLabel[], id: string, label: string): readonly ClassLabel[] {
  requireClass(classes, id);
  requireFree(
    classes.filter((one) => one.id !== id),
    label,
  );
  return classes.map((one) => (one.id === id ? { id, label } : one));
}

function reordered(classes: readonly ClassLabel[], ids: readonly string[]): readonly ClassLabel[] {
  if (new Set(ids).size !== classes.length || ids.length !== classes.length)
    throw new EditMisfit('an order of other classes');
  return ids.map((id) => requireClass(classes, id));
}

/** In the order of arrival; only samples that come back belong in the middle. */
function withSamples({ classes, samples }: Dataset, added: readonly Sample[]): readonly Sample[] {
  const ids = new Set(added.map(({ id }) => id));
  if (ids.size < added.length || samples.some(({ id }) => ids.has(id)))
    throw new EditMisfit('a sample is there already');
  for (const classId of new Set(added.map((sample) => sample.classId)))
    requireClass(classes, classId);
  const ordered = added.toSorted(compareSamples);
  const last = samples.at(-1);
  const together = [...samples, ...ordered];
  const comeLast =
    last === undefined || ordered.length === 0 || compareSamples(last, at(ordered, 0)) < 0;
  return comeLast ? together : together.sort(compareSamples);
}

function withoutSamples(samples: readonly Sample[], ids: readonly string[]): readonly Sample[] {
  const gone = new Set(ids);
  const remaining = samples.filter(({ id }) => !gone.has(id));
  if (samples.length - remaining.length !== gone.size) throw new EditMisfit('a sample is missing');
  return remaining;
}

/** The samples with some ids. @throws {EditMisfit} where one isn't there. */
function pick(samples: readonly Sample[], ids: readonly string[]): readonly Sample[] {
  const wanted = new Set(ids);
  const found = samples.filter(({ id }) => wanted.has(id));
  if (found.length < wanted.size) throw new EditMisfit('a sample is missing');
  return found;
}

function changed<Value>(
  samples: readonly Sample[],
  values: ReadonlyMap<string, Value>,
  patch: (value: Value) => Partial<Sample>,
): readonly Sample[] {
  let found = 0;
  const after = samples.map((sample) => {
    if (!values.has(sample.id)) return sample;
    found += 1;
    return { ...sample, ...patch(values.get(sample.id) as Value) };
  });
  if (found < values.size) throw new EditMisfit('a sample is missing');
  return after;
}
