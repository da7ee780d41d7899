/** An entry of a zip that a test makes by hand, because a zip library would refuse to. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly deflate?: boolean;
  /** Sets the flag of a password; the bytes stay as they are. */
  readonly encrypted?: boolean;
  /** The uncompressed size to claim, where it should not be the true one. */
  readonly claimedBytes?: number;
  /** A checksum to claim. */
  readonly claimedCrc?: number;
}

export async function buildZip(name: string, parts: readonly ZipPart[]): Promise<File> {
  const locals: Uint8Array<ArrayBuffer>[] = [];
  const centrals: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const part of parts) {
    const label = new TextEncoder().encode(part.name);
    const data = part.deflate ? await deflate(part.bytes) : part.bytes;
    const common = commonFields(part, label.length, data.length);
    const local = join(fields([4, 0x04034b50]), common, label, data);
    const tail = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    centrals.push(join(fields([4, 0x02014b50], [2, 20]), common, tail, label));
    locals.push(local);
    offset += local.length;
  }
  const directory = join(...centrals);
  const count = parts.length;
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, directory.length],
    [4, offset],
    [2, 0],
  );
  return new File([...locals, directory, end], name, { type: 'application/zip' });
}

/** What local and central headers have in common, from "version needed" to the extra field's length. */
function commonFields(
  part: ZipPart,
  nameBytes: number,
  dataBytes: number,
): Uint8Array<ArrayBuffer> {
  const utf8 = 0x800;
  return fields(
    [2, 20],
    [2, utf8 | (part.encrypted ? 1 : 0)],
    [2, part.deflate ? 8 : 0],
    [2, 0],
    [2, ((2024 - 1980) << 9) | (1 << 5) | 1],
    [4, part.claimedCrc ?? crc32(part.bytes)],
    [4, dataBytes],
    [4, part.claimedBytes ?? part.bytes.length],
    [2, nameBytes],
    [2, 0],
  );
}

/** Little-endian numbers of 2 or 4 bytes. */
function fields(
  ...numbers: readonly (readonly [size: 2 | 4, value: number])[]
): Uint8Array<ArrayBuffer> {
  const bytes = numbers.flatMap(([size, value]) =>
    Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 255),
  );
  return Uint8Array.from(bytes);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** IEEE 802.3, bit by bit: test data is small. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
