import type { Classifier } from '../core/classifier.ts';
import type { EditSummary } from '../core/edit-summary.ts';
import type { Arrival } from './arrival.svelte.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Versions } from './versions.svelte.ts';

export interface EditHistoryParts {
  readonly versions: Versions;
  readonly classifierState: ClassifierState;
  readonly arrival: Arrival;
  readonly notices: Notices;
  /** Another backbone is asked for than before. */
  readonly onBackboneAsked: (id: string) => void;
}

/** Going back and forward over what was done with the project: a hundred steps, also after a reload. */
export class EditHistory {
  readonly #parts: EditHistoryParts;
  /** The classifier that went when everything was removed, to come back with it. */
  #removed: { readonly group: string; readonly classifier: Classifier } | null = null;

  constructor(parts: EditHistoryParts) {
    this.#parts = parts;
  }

  /** What {@link undo} would take back; null where there is nothing. */
  get undoable(): EditSummary | null {
    return this.#parts.versions.undoable;
  }

  /** What {@link redo} would do again; null where there is nothing. */
  get redoable(): EditSummary | null {
    return this.#parts.versions.redoable;
  }

  /** Of the edit that {@link undo} would take back; null where there is none. */
  get undoGroup(): string | null {
    return this.#parts.versions.undoGroup;
  }

  undo(): void {
    const { versions, arrival, notices, classifierState } = this.#parts;
    const group = versions.undoGroup;
    if (group === null) return;
    arrival.cancelGroup(group);
    const back = this.#removed?.group === group ? this.#removed.classifier : null;
    notices.dismissGroup(group);
    this.#move(() => versions.undo(), 'undone');
    if (back) void classifierState.keep(back);
  }

  redo(): void {
    const { versions, classifierState } = this.#parts;
    this.#move(() => versions.redo(), 'redone');
    if (versions.undoGroup !== null && versions.undoGroup === this.#removed?.group)
      void classifierState.keep(null);
  }

  /** Takes the classifier away with what the group's edit removed. */
  removeClassifier(group: string): void {
    const { classifierState } = this.#parts;
    const { saved } = classifierState;
    if (!saved) return;
    this.#removed = { group, classifier: saved };
    void classifierState.keep(null);
  }

  #move(go: () => EditSummary | null, key: 'undone' | 'redone'): void {
    const { versions, notices, onBackboneAsked } = this.#parts;
    const before = versions.dataset.options.backboneId;
    const what = go();
    if (!what) return;
    const group = key === 'redone' ? (versions.undoGroup ?? undefined) : undefined;
    notices.say({ key, what }, group);
    const { backboneId } = versions.dataset.options;
    if (backboneId !== before) onBackboneAsked(backboneId);
  }
}
