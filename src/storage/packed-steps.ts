import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import type { Edit } from '../core/edit.ts';
import type { Step } from '../core/history.ts';
import type { ProjectOptions } from '../core/options.ts';
import { packSamples, unpackSamples, type PackedSamples } from './packed-samples.ts';

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
