import type { ProjectOptions, TrainingOptions } from '../core/options.ts';
import { failed, type Result } from '../core/problem.ts';
import type { ClassLabel, Sample } from '../core/sample.ts';

/** What the person has: classes, pictures, options, a name for it all. */
export class Project {
  #name = $state('');
  #classes = $state.raw<readonly ClassLabel[]>([]);
  #samples = $state.raw<readonly Sample[]>([]);
  #options = $state.raw<ProjectOptions>({} as ProjectOptions);
  #byClass: ReadonlyMap<string, readonly Sample[]> = $derived(new Map());
  #undoable = $state<string | null>(null);

  get name(): string {
    return this.#name;
  }
  get classes(): readonly ClassLabel[] {
    return this.#classes;
  }
  get samples(): readonly Sample[] {
    return this.#samples;
  }
  /** Class id to its pictures in order of arrival. Every class has an entry. */
  get byClass(): ReadonlyMap<string, readonly Sample[]> {
    return this.#byClass;
  }
  get options(): ProjectOptions {
    return this.#options;
  }
  /** The key of the last removal or move, while it can be undone. */
  get undoable(): string | null {
    return this.#undoable;
  }

  rename(_name: string): void {}
  setOptions(_patch: Partial<ProjectOptions>): void {}
  setTraining(_patch: Partial<TrainingOptions>): void {}
  resetTraining(): void {}
  /** Position in the palette; the same as long as the class exists. */
  colourIndex(_classId: string): number {
    return 0;
  }
  addClass(_label?: string): Result<ClassLabel> {
    return failed({ code: 'label-empty' });
  }
  renameClass(_id: string, _text: string): Result<void> {
    return failed({ code: 'label-empty' });
  }
  removeClass(_id: string): void {}
  removeSamples(_ids: readonly string[]): void {}
  moveSamples(_ids: readonly string[], _classId: string): void {}
  undo(): void {}
  async thumbnail(_sampleId: string): Promise<Blob | null> {
    return null;
  }
  async file(_sampleId: string): Promise<Blob | null> {
    return null;
  }
}
