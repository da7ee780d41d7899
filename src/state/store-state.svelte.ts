import type { ProjectStore, StoreEvent } from '../storage/contract.ts';
import type { Notices } from './notices.svelte.ts';
import type { Versions } from './versions.svelte.ts';

export interface StoreStateParts {
  readonly store: Pick<ProjectStore, 'place' | 'onEvent'>;
  readonly versions: Versions;
  readonly notices: Notices;
}

/** Where work is kept, which other tabs keep some, and what the store has to say. */
export class StoreState {
  #place = $state<'memory' | 'disk'>('disk');
  /** Projects that other tabs have. */
  #elsewhere = $state.raw<readonly string[]>([]);
  readonly #parts: StoreStateParts;

  constructor(parts: StoreStateParts) {
    this.#parts = parts;
  }

  get place(): 'memory' | 'disk' {
    return this.#place;
  }

  isElsewhere(projectId: string): boolean {
    return this.#elsewhere.includes(projectId);
  }

  listen(): void {
    this.#parts.store.onEvent((event) => {
      this.#hear(event);
    });
  }

  /** Asks the store again where it keeps. */
  look(): void {
    this.#place = this.#parts.store.place;
  }

  /** A project was closed here: other tabs may write it. */
  close(projectId: string): void {
    this.#elsewhere = this.#elsewhere.filter((one) => one !== projectId);
  }

  #hear(event: StoreEvent): void {
    this.look();
    const { notices, versions } = this.#parts;
    switch (event.kind) {
      case 'problem':
        notices.addProblem(event.problem);
        break;
      case 'settled':
        notices.say({ key: 'storage-settled' });
        break;
      case 'unreadable':
        if (event.projectId === versions.projectId) this.#leaveOut(event.hashes);
        break;
      case 'open-elsewhere':
      case 'taken-over':
        this.#elsewhere = [...this.#elsewhere, event.projectId];
        // Until the first one is shown, it is the one that is being opened.
        if (event.projectId === versions.projectId || versions.projectId === '')
          notices.add({ kind: 'warning', message: { key: event.kind } });
    }
  }

  /** Pictures whose files went away before they could be kept. */
  #leaveOut(hashes: readonly string[]): void {
    const { notices, versions } = this.#parts;
    const samples = versions.latest.samples.filter(({ hash }) => hashes.includes(hash));
    const [first] = samples;
    if (!first) return;
    // With the drop that they came in.
    const ids = samples.map(({ id }) => id);
    versions.edit({ kind: 'remove-samples', ids }, first.origin.batch);
    const problems = samples.map(
      ({ origin }) => ({ code: 'file-unreadable', file: origin.path }) as const,
    );
    notices.add({ kind: 'warning', problems });
  }
}
