import { ByteBuffer } from 'flatbuffers';

/** A table of a FlatBuffer, by the slots of its schema; what isn't there is null. */
export class Table {
  readonly #buffer: ByteBuffer;
  readonly #at: number;

  private constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  /** @throws Error where the file is of another kind. */
  static root(bytes: Uint8Array, identifier: string): Table {
    const buffer = new ByteBuffer(bytes);
    if (!buffer.__has_identifier(identifier)) throw new Error(`no ${identifier}`);
    return new Table(buffer, buffer.readInt32(0));
  }

  byte(slot: number): number | null {
    const at = this.#find(slot);
    return at === null ? null : this.#buffer.readInt8(at);
  }

  integer(slot: number): number | null {
    const at = this.#find(slot);
    return at === null ? null : this.#buffer.readInt32(at);
  }

  text(slot: number): string | null {
    const at = this.#find(slot);
    return at === null ? null : String(this.#buffer.__string(at));
  }

  table(slot: number): Table | null {
    const at = this.#find(slot);
    return at === null ? null : new Table(this.#buffer, this.#buffer.__indirect(at));
  }

  tables(slot: number): Table[] {
    return this.#elements(
      slot,
      4,
      (element) => new Table(this.#buffer, this.#buffer.__indirect(element)),
    );
  }

  integers(slot: number): number[] {
    return this.#elements(slot, 4, (element) => this.#buffer.readInt32(element));
  }

  longs(slot: number): number[] {
    return this.#elements(slot, 8, (element) => Number(this.#buffer.readInt64(element)));
  }

  floats(slot: number): number[] {
    return this.#elements(slot, 4, (element) => this.#buffer.readFloat32(element));
  }

  bytes(slot: number): Uint8Array {
    return Uint8Array.from(this.#elements(slot, 1, (element) => this.#buffer.readUint8(element)));
  }

  #find(slot: number): number | null {
    const offset = this.#buffer.__offset(this.#at, 4 + 2 * slot);
    return offset === 0 ? null : this.#at + offset;
  }

  #elements<T>(slot: number, size: number, read: (at: number) => T): T[] {
    const at = this.#find(slot);
    if (at === null) return [];
    const start = this.#buffer.__vector(at);
    return Array.from({ length: this.#buffer.__vector_len(at) }, (_, index) =>
      read(start + index * size),
    );
  }
}
