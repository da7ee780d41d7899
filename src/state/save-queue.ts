/**
 * Runs writes one after another, in the order they were asked for: a rename
 * that overtook the adding of its class would be lost.
 */
export class SaveQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether something asked for is not written yet. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const outcome = this.#tail.then(task).finally(() => (this.#waiting -= 1));
    this.#tail = outcome.catch(() => undefined);
    return outcome;
  }

  /** Reads what stands when everything asked for so far is written. Nothing waits for it. */
  async read<T>(task: () => Promise<T>): Promise<T> {
    await this.#tail;
    return task();
  }

  /** Resolves when everything asked for so far is written. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
