import { at } from '../core/at.ts';
import type { OriginKind, Sample } from '../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import type { Edit } from '../core/edit.ts';
import type { Step } from '../core/history.ts';
import type { ProjectOptions } from '../core/options.ts';

/** Few different values, in many places. */
interface Palette<Value> {
  readonly values: readonly Value[];
  /** Of each sample, into `values`. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** Samples by column, as a database keeps and copies them fast: some 150 bytes each. */
export interface PackedSamples {
  readonly ids: readonly string[];
  readonly hashes: readonly string[];
  readonly names: readonly string[];
  readonly classIds: Palette<string | null>;
  readonly kinds: Palette<OriginKind>;
  readonly batches: Palette<string>;
  /** `+` and what comes before the name, or `=` and the whole path. */
  readonly paths: Palette<string>;
  /** Not a number where it is unknown. */
  readonly modifiedAtMillis: Float64Array<ArrayBuffer>;
  readonly addedAtMillis: Float64Array<ArrayBuffer>;
  /** Width and height of each in turn. */
  readonly sidesPx: Uint32Array<ArrayBuffer>;
  /** 1 for those to judge by. */
  readonly judge: Uint8Array<ArrayBuffer>;
}

export function packSamples(samples: readonly Sample[]): PackedSamples {
  return {
    ids: samples.map(({ id }) => id),
    hashes: samples.map(({ hash }) => hash),
    names: samples.map(({ name }) => name),
    classIds: paletteOf(samples.map(({ classId }) => classId)),
    kinds: paletteOf(samples.map(({ origin }) => origin.kind)),
    batches: paletteOf(samples.map(({ origin }) => origin.batch)),
    paths: paletteOf(samples.map(({ name, origin }) => packPath(origin.path, name))),
    modifiedAtMillis: Float64Array.from(
      samples,
      ({ origin }) => origin.modifiedAtMillis ?? Number.NaN,
    ),
    addedAtMillis: Float64Array.from(samples, ({ addedAtMillis }) => addedAtMillis),
    sidesPx: Uint32Array.from(samples.flatMap(({ widthPx, heightPx }) => [widthPx, heightPx])),
    judge: Uint8Array.from(samples, ({ purpose }) => (purpose === 'judge' ? 1 : 0)),
  };
}

/** @throws {RangeError} where something is missing. */
export function unpackSamples(packed: PackedSamples): Sample[] {
  return packed.ids.map((id, index) => {
    const name = at(packed.names, index);
    const modifiedAtMillis = at(packed.modifiedAtMillis, index);
    return {
      id,
      hash: at(packed.hashes, index),
      classId: valueOf(packed.classIds, index),
      purpose: at(packed.judge, index) === 1 ? 'judge' : 'learn',
      name,
      origin: {
        kind: valueOf(packed.kinds, index),
        batch: valueOf(packed.batches, index),
        path: unpackPath(valueOf(packed.paths, index), name),
        modifiedAtMillis: Number.isNaN(modifiedAtMillis) ? null : modifiedAtMillis,
      },
      widthPx: at(packed.sidesPx, 2 * index),
      heightPx: at(packed.sidesPx, 2 * index + 1),
      addedAtMillis: at(packed.addedAtMillis, index),
    };
  });
}

function packPath(path: string, name: string): string {
  return path.endsWith(name) ? `+${path.slice(0, path.length - name.length)}` : `=${path}`;
}

function unpackPath(packed: string, name: string): string {
  return packed.startsWith('+') ? packed.slice(1) + name : packed.slice(1);
}

function paletteOf<Value>(column: readonly Value[]): Palette<Value> {
  const places = new Map<Value, number>();
  const indices = Uint32Array.from(column, (value) => {
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { values: [...places.keys()], indices };
}

function valueOf<Value>({ values, indices }: Palette<Value>, index: number): Value {
  const value = values[at(indices, index)];
  if (value === undefined) throw new RangeError('a value is missing');
  return value;
}

/** An edit with its samples by column. */
type PackedEdit =
  | Exclude<Edit, { kind: 'add-samples' | 'together' }>
  | { readonly kind: 'add-packed-samples'; readonly samples: PackedSamples }
  | { readonly kind: 'packed-together'; readonly edits: readonly PackedEdit[] };

export interface PackedStep {
  readonly edit: PackedEdit;
  readonly inverse: PackedEdit;
  readonly group: string;
}

export function packStep({ edit, inverse, group }: Step): PackedStep {
  return { edit: packEdit(edit), inverse: packEdit(inverse), group };
}

/** @throws {RangeError} where something is missing. */
export function unpackStep({ edit, inverse, group }: PackedStep): Step {
  return { edit: unpackEdit(edit), inverse: unpackEdit(inverse), group };
}

function packEdit(edit: Edit): PackedEdit {
  if (edit.kind === 'add-samples')
    return { kind: 'add-packed-samples', samples: packSamples(edit.samples) };
  if (edit.kind === 'together') return { kind: 'packed-together', edits: edit.edits.map(packEdit) };
  return edit;
}

function unpackEdit(edit: PackedEdit): Edit {
  if (edit.kind === 'add-packed-samples')
    return { kind: 'add-samples', samples: unpackSamples(edit.samples) };
  if (edit.kind === 'packed-together')
    return { kind: 'together', edits: edit.edits.map(unpackEdit) };
  if (edit.kind === 'set-options') return { ...edit, options: withDefaults(edit.options) };
  return edit;
}

/** Options that a newer version brought get their defaults. */
export function withDefaults(options: Partial<ProjectOptions> | null): ProjectOptions {
  return {
    ...DEFAULT_PROJECT_OPTIONS,
    ...options,
    training: { ...DEFAULT_PROJECT_OPTIONS.training, ...options?.training },
  };
}
