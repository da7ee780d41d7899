/** What both files of this folder, model and metadata, are put together from. */
import type { Builder } from 'flatbuffers';

export function writeIntegers(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) builder.addInt32(value);
  return builder.endVector();
}

export function writeLongs(builder: Builder, values: readonly number[]): number {
  builder.startVector(8, values.length, 8);
  for (const value of [...values].reverse()) builder.addInt64(BigInt(value));
  return builder.endVector();
}

export function writeFloats(builder: Builder, values: ArrayLike<number>): number {
  builder.startVector(4, values.length, 4);
  for (const value of Array.from(values).reverse()) builder.addFloat32(value);
  return builder.endVector();
}

export function writeOffsets(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of [...offsets].reverse()) builder.addOffset(offset);
  return builder.endVector();
}

/**
 * A table of offsets and bytes.
 *
 * @param offsets by their slots: of what has been written already, because tables don't nest.
 * @param bytes by their slots: enumerations and types of unions.
 */
export function writeTable(
  builder: Builder,
  slots: number,
  offsets: readonly (readonly [slot: number, offset: number])[],
  bytes: readonly (readonly [slot: number, value: number])[] = [],
): number {
  builder.startObject(slots);
  for (const [slot, offset] of offsets) builder.addFieldOffset(slot, offset, 0);
  for (const [slot, value] of bytes) builder.addFieldInt8(slot, value, 0);
  return builder.endObject();
}
