import type { DroppedFile } from '../formats/contract.ts';

/** Files on their way in. */
export class Arrival {
  #running = $state(false);
  #done = $state(0);
  #total = $state(0);
  #rate = $state(0);
  #current = $state<string | null>(null);

  get running(): boolean {
    return this.#running;
  }
  get done(): number {
    return this.#done;
  }
  get total(): number {
    return this.#total;
  }
  /** Files a second. */
  get rate(): number {
    return this.#rate;
  }
  get secondsLeft(): number | null {
    return null;
  }
  /** The name of the file that is being looked at. */
  get current(): string | null {
    return this.#current;
  }

  /** Pictures, folders, archives, classifiers, backbones: finds out which. */
  async addFiles(_files: readonly DroppedFile[], _intoClassId?: string): Promise<void> {}
  async addSampleSet(): Promise<void> {}
  /** A camera frame into a class. The bitmap is closed. */
  async addFrame(_bitmap: ImageBitmap, _classId: string): Promise<void> {}
  cancel(): void {}
}
