/** Vectors begin at multiples of this many bytes. */
const ALIGNMENT = 64;

/** Hands out a memory, from its beginning. */
export class Room {
  #kept = 0;
  #most = 0;

  /** Bytes handed out at most. */
  get bytes(): number {
    return this.#most;
  }

  /** @returns the address of that many bytes. */
  take(bytes: number): number {
    const address = this.#kept;
    this.#kept = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    this.#most = Math.max(this.#most, this.#kept);
    return address;
  }

  /** What is taken in the meantime is handed out again afterwards. */
  lend<T>(work: () => T): T {
    const before = this.#kept;
    try {
      return work();
    } finally {
      this.#kept = before;
    }
  }
}
