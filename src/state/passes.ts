/** Work that is done again for as long as something changed while it was done. */
export class Passes {
  readonly #pass: (signal: AbortSignal) => Promise<void>;
  readonly #onFailure: (error: unknown, signal: AbortSignal) => void;
  #abort = new AbortController();
  #work: Promise<void> | null = null;
  #revision = 0;

  /**
   * @param pass looks at what there is to do and does it.
   * @param onFailure is told what a pass throws, which ends the work until the next change.
   */
  constructor(
    pass: (signal: AbortSignal) => Promise<void>,
    onFailure: (error: unknown, signal: AbortSignal) => void,
  ) {
    this.#pass = pass;
    this.#onFailure = onFailure;
  }

  /** Something has changed. */
  refresh(): void {
    this.#revision += 1;
    this.#work ??= this.#run();
  }

  /** Ends what runs, until the next change. */
  cancel(): void {
    this.#abort.abort();
  }

  get running(): boolean {
    return this.#work !== null;
  }

  /** Resolves when nothing runs. */
  settled(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    for (let seen = -1; seen !== this.#revision;) {
      seen = this.#revision;
      // A change that comes while a cancelled pass unwinds asks for another, which nobody has cancelled.
      this.#abort = new AbortController();
      const { signal } = this.#abort;
      try {
        await this.#pass(signal);
      } catch (error) {
        this.#onFailure(error, signal);
      }
    }
    this.#work = null;
  }
}
