import { type FileEntry, Reader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { Cancelled } from '../core/problem.ts';

/** What it takes of an entry to find its data. */
export type ZippedData = Pick<
  FileEntry,
  'offset' | 'compressedSize' | 'uncompressedSize' | 'compressionMethod' | 'crc32'
>;

const STORED = 0;
const DEFLATED = 8;

/** "PK\3\4", little-endian, and the length of what follows at least. */
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;

/** RFC 1952: deflate, no flags, no time, unknown system. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/** Deflate shrinks at most 1,032-fold: so much goes in at once, 66 MB can come out. */
const FEED_BYTES = 64 * 1024;

/**
 * An entry's content. Stored entries are a slice of the archive, never copied;
 * deflated ones go through the browser's own inflate, which is many times
 * faster than a library's chain of streams for each entry, and checks their sum.
 * A stored entry that was altered is found like any damaged file, by decoding.
 *
 * @returns null where its bytes can't be had: cut off, altered, of another
 * length than declared, or compressed in a way that browsers don't know.
 * @throws Cancelled
 */
export async function unpackEntry(
  entry: ZippedData,
  archive: BlockReader,
  signal?: AbortSignal,
): Promise<BlobPart[] | null> {
  const start = await findData(entry, archive);
  const { compressedSize, uncompressedSize } = entry;
  if (start === null || start + compressedSize > archive.size) return null;
  switch (entry.compressionMethod) {
    case STORED:
      if (compressedSize !== uncompressedSize) return null;
      return [archive.slice(start, start + compressedSize)];
    case DEFLATED:
      return await inflate(entry, archive, start, signal);
    default:
      return null;
  }
}

/** Where the entry's data begins: after its local header, whose name and extra field have lengths of their own. */
async function findData(entry: ZippedData, archive: BlockReader): Promise<number | null> {
  const header = await archive.readUint8Array(entry.offset, LOCAL_HEADER_BYTES);
  if (header.length < LOCAL_HEADER_BYTES) return null;
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) return null;
  return entry.offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}

/** [Note: deflate as gzip] With a gzip header before and its trailer behind, the browser checks the checksum too. */
async function inflate(
  entry: ZippedData,
  archive: BlockReader,
  start: number,
  signal?: AbortSignal,
): Promise<BlobPart[] | null> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  // A failure goes on to the reading side, which is where it is handled.
  void feed(writer, entry, archive, start).catch((error: unknown) => abort(writer, error));
  const reader = stream.readable.getReader();
  const parts: BlobPart[] = [];
  let produced = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return produced === entry.uncompressedSize ? parts : null;
      produced += value.length;
      // More than declared: the limits were checked against a lie.
      if (produced > entry.uncompressedSize || signal?.aborted) break;
      parts.push(value);
    }
  } catch {
    return null;
  }
  await abort(writer, null);
  if (signal?.aborted) throw new Cancelled();
  return null;
}

/** Ends the stream from the writing side; one that has failed by itself stays failed. */
async function abort(writer: WritableStreamDefaultWriter, reason: unknown): Promise<void> {
  await writer.abort(reason).catch(() => undefined);
}

async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  { compressedSize, uncompressedSize, crc32 }: ZippedData,
  archive: BlockReader,
  start: number,
): Promise<void> {
  await writer.write(GZIP_HEADER);
  const end = start + compressedSize;
  for (let offset = start; offset < end; offset += FEED_BYTES) {
    await writer.write(await archive.readUint8Array(offset, Math.min(FEED_BYTES, end - offset)));
  }
  const trailer = new DataView(new ArrayBuffer(8));
  // Absent only where an entry is encrypted.
  trailer.setUint32(0, crc32 ?? 0, true);
  trailer.setUint32(4, uncompressedSize, true);
  await writer.write(trailer);
  await writer.close();
}

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
