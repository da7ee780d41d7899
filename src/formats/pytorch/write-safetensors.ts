/** Numbers of a tensor, row-major. */
export interface Tensor {
  /** Unique in its file, and not `__metadata__`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

const LENGTH_BYTES = 8;
/** The data begins at a multiple of it, so that readers can use it where it lies. */
const ALIGNMENT = 8;
const METADATA = '__metadata__';

/**
 * The bytes of a `.safetensors` file of float32: the header's length (64 bits, little-endian), the
 * header (JSON, filled up with spaces), and the tensors' numbers, one behind the other in the order
 * given. Source: the section "Format" of https://github.com/huggingface/safetensors.
 *
 * @param metadata text by name, for whatever else a reader should know.
 * @throws RangeError where a name is taken or a shape doesn't fit its values.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header = encodeHeader(tensors, metadata);
  const start = LENGTH_BYTES + header.length;
  const bytes = new Uint8Array(
    start + tensors.reduce((sum, { values }) => sum + bytesOf(values), 0),
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  let offset = start;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, bytesOf(values)), offset);
    offset += bytesOf(values);
  }
  return bytes;
}

function encodeHeader(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, unknown>([[METADATA, metadata]]);
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    if (entries.has(name)) throw new RangeError(`a second tensor "${name}"`);
    if (shape.reduce((product, side) => product * side, 1) !== values.length)
      throw new RangeError(`${values.length} values in "${name}" [${shape.join(', ')}]`);
    const end = offset + bytesOf(values);
    entries.set(name, { dtype: 'F32', shape, data_offsets: [offset, end] });
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  header.set(json);
  return header;
}

/** Typed arrays are little-endian on every machine that runs a browser today, as the file is. */
function bytesOf({ byteLength }: Float32Array): number {
  return byteLength;
}
