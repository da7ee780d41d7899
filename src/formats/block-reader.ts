import { Reader } from '@zip.js/zip.js/lib/zip-core-custom.js';

/** Small entries share a block; a large entry still gives the page a task for each. */
const BLOCK_BYTES = 512 * 1024;

/**
 * Reads a file in blocks. An archive's entries lie one after the other, and
 * each asks for its header and then for its data: without the block every one
 * of those is a round trip to the browser's file process.
 */
export class BlockReader extends Reader<Blob> {
  readonly #blob: Blob;
  #block = new Uint8Array();
  #blockStart = 0;

  constructor(blob: Blob) {
    super(blob);
    this.#blob = blob;
    this.size = blob.size;
  }

  /** Without reading it. */
  slice(start: number, end: number): Blob {
    return this.#blob.slice(start, end);
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(index + length, this.size);
    if (index < this.#blockStart || end > this.#blockStart + this.#block.length) {
      const stop = Math.max(end, index + BLOCK_BYTES);
      this.#block = new Uint8Array(await this.#blob.slice(index, stop).arrayBuffer());
      this.#blockStart = index;
    }
    // A copy: streams may take the buffer away.
    return this.#block.slice(index - this.#blockStart, end - this.#blockStart);
  }
}
