import { createBreather } from '../../core/breathe.ts';

const STORED = 0;
const DEFLATED = 8;
/** 2.0; with 64-bit fields 4.5. */
const VERSION = 20;
const VERSION_64 = 45;
/** Names are UTF-8. */
const UTF8_FLAG = 0x800;
/** 1 January 1980, the first day that a zip knows: what a file is must not depend on when it is written. */
const DATE = 0x21;
const MOST_32 = 0xffffffff;
const MOST_16 = 0xffff;
const DIRECTORY_CHUNK = 1000;

/** A little-endian field: its bytes, and its value. */
type FieldOf = readonly [bytes: 2 | 4 | 8, value: number];

interface WrittenEntry {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly common: readonly FieldOf[];
  readonly offset: number;
}

/**
 * Writes a zip into a stream, entry by entry: of each no more stays in memory than its line of the
 * directory. A library's streams for each entry take five times as long with tens of thousands of
 * small ones, and its directory, written in one go, holds up the page. Format: PKWARE's APPNOTE.TXT
 * 6.3, with its 64-bit fields where an archive has more than 65,535 entries or grows beyond 4 GiB.
 */
export class ZipStream {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #entries: WrittenEntry[] = [];
  #offset = 0;

  constructor(sink: WritableStream<Uint8Array>) {
    this.#writer = sink.getWriter();
  }

  /** As it is. Less than 4 GiB. */
  async addStored(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#add(name, STORED, bytes, bytes);
  }

  async addDeflated(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const deflating = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const data = new Uint8Array(await new Response(deflating).arrayBuffer());
    await this.#add(name, DEFLATED, bytes, data);
  }

  /** Writes the directory and closes the stream. */
  async close(): Promise<void> {
    const start = this.#offset;
    for (let first = 0; first < this.#entries.length; first += DIRECTORY_CHUNK)
      await this.#write(this.#entries.slice(first, first + DIRECTORY_CHUNK).flatMap(directoryLine));
    await this.#write(ending(this.#entries.length, start, this.#offset));
    await this.#writer.close();
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async #add(
    name: string,
    method: number,
    bytes: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const encoded = new TextEncoder().encode(name);
    const common: readonly FieldOf[] = [
      [2, VERSION],
      [2, UTF8_FLAG],
      [2, method],
      [2, 0],
      [2, DATE],
      [4, await crc32(bytes)],
      [4, data.length],
      [4, bytes.length],
      [2, encoded.length],
    ];
    this.#entries.push({ name: encoded, common, offset: this.#offset });
    await this.#write([fields([4, 0x04034b50], ...common, [2, 0]), encoded, data]);
  }

  async #write(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.#offset += whole.length;
    await this.#writer.ready;
    await this.#writer.write(whole);
  }
}

function directoryLine({ name, common, offset }: WrittenEntry): Uint8Array<ArrayBuffer>[] {
  const isFar = offset >= MOST_32;
  const extra = isFar ? fields([2, 1], [2, 8], [8, offset]) : new Uint8Array();
  const made = isFar ? VERSION_64 : VERSION;
  const line = fields(
    [4, 0x02014b50],
    [2, made],
    ...common,
    [2, extra.length],
    // Comment, disk, attributes.
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, isFar ? MOST_32 : offset],
  );
  return [line, name, extra];
}

/** The directory's end, before it that with 64-bit fields where it is needed. */
function ending(count: number, start: number, end: number): Uint8Array<ArrayBuffer>[] {
  const bytes = end - start;
  const short = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, MOST_16)],
    [2, Math.min(count, MOST_16)],
    [4, Math.min(bytes, MOST_32)],
    [4, Math.min(start, MOST_32)],
    [2, 0],
  );
  if (count < MOST_16 && end < MOST_32) return [short];
  const long = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, VERSION_64],
    [2, VERSION_64],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, bytes],
    [8, start],
  );
  return [long, fields([4, 0x07064b50], [4, 0], [8, end], [4, 1]), short];
}

function fields(...all: readonly FieldOf[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(all.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const CRC_TURN = 2 ** 20;

async function crc32(bytes: Uint8Array): Promise<number> {
  const breathe = createBreather();
  let crc = MOST_32;
  for (let start = 0; start < bytes.length; start += CRC_TURN) {
    const end = Math.min(bytes.length, start + CRC_TURN);
    for (let at = start; at < end; at++)
      crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    await breathe();
  }
  return (crc ^ MOST_32) >>> 0;
}
