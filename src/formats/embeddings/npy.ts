/** A dictionary's end and the data's begin are on multiples of this. */
const ALIGNMENT = 64;
/** `\x93NUMPY`, version 1.0, then the header's length in two bytes. */
const PREAMBLE_BYTES = 10;

/**
 * The start of a NumPy file (.npy, format 1.0: numpy/lib/format.py) of little-endian float32 in
 * C order; the values follow it.
 */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sides = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const bytes = Math.ceil((PREAMBLE_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(bytes);
  header.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(header.buffer).setUint16(8, bytes - PREAMBLE_BYTES, true);
  header.set(
    new TextEncoder().encode(`${text.padEnd(bytes - PREAMBLE_BYTES - 1)}\n`),
    PREAMBLE_BYTES,
  );
  return header;
}
