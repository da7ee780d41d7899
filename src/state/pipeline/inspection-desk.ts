import type { Problem } from '../../core/problem.ts';
import type { Sample } from '../../core/sample.ts';
import type { Inspection } from '../../engine/contract.ts';
import type { Library, SampleUpdate } from '../library.svelte.ts';
import { DuplicateFinder } from './duplicates.ts';
import type { Inspected } from './inspect.ts';
import { withPath, type ArrivingPicture } from './keep.ts';

/**
 * Decides what becomes of inspected pictures: ready, or left out with a
 * reason. Gathers decisions, so that the page's list is replaced a few times a
 * second and not for each picture.
 */
export class InspectionDesk {
  readonly problems: Problem[] = [];
  readonly #library: Library;
  readonly #duplicates: DuplicateFinder;
  #ready: SampleUpdate[] = [];
  #leftOut: string[] = [];
  #readyCount = 0;

  constructor(library: Library) {
    this.#library = library;
    this.#duplicates = new DuplicateFinder(library.samples);
  }

  /** Pictures that became ready. */
  get readyCount(): number {
    return this.#readyCount;
  }

  decide({ picture, outcome }: Inspected): void {
    // Removed while it was looked at, or moved to another class: the project knows better than the drop.
    const present = this.#library.byId.get(picture.sample.id);
    if (!present) return;
    if (outcome.ok) this.#accept(present, picture, outcome.value);
    else this.#leaveOut(picture, withPath(outcome.problem, picture.path));
  }

  #accept(present: Sample, picture: ArrivingPicture, inspection: Inspection): void {
    const { hash, widthPx, heightPx, thumbnail, converted } = inspection;
    const sample: Sample = { ...present, state: 'ready', hash, widthPx, heightPx };
    const stillThere = (id: string): Sample | undefined => this.#library.byId.get(id);
    const duplicate = this.#duplicates.find(
      sample,
      picture.path,
      this.#library.classes,
      stillThere,
    );
    if (duplicate?.leftOut) {
      this.#leaveOut(picture, duplicate.problem);
      return;
    }
    if (duplicate) this.problems.push(duplicate.problem);
    this.#duplicates.add(sample);
    this.#ready.push({ sample, thumbnail, ...(converted && { file: converted }) });
  }

  #leaveOut(picture: ArrivingPicture, problem: Problem): void {
    this.problems.push(problem);
    this.#leftOut.push(picture.sample.id);
  }

  /** Makes the decisions so far count. */
  flush(): void {
    const [ready, leftOut] = [this.#ready, this.#leftOut];
    this.#ready = [];
    this.#leftOut = [];
    if (leftOut.length > 0) this.#library.remove(leftOut);
    // The class may have changed between decision and now.
    const current = ready.flatMap((update) => {
      const present = this.#library.byId.get(update.sample.id);
      return present ? [{ ...update, sample: { ...update.sample, classId: present.classId } }] : [];
    });
    this.#library.replace(current);
    this.#readyCount += current.length;
  }
}
