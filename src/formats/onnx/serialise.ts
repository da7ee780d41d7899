/**
 * ONNX's messages by the field numbers of its schema (onnx/onnx.proto3, IR
 * version 8), as far as they are written here.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** Named numbers of a node. */
export type OnnxAttributes = Readonly<Record<string, number | readonly number[]>>;

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: OnnxAttributes;
}

/** A constant; a list of integers is int64, as every operator wants its shapes. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly number[];
}

/** What goes in or out; null is a side that stays open. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

export interface OnnxGraph {
  readonly producer: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

export function serialiseOnnx(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.uint32(tag(1, 'varint')).int64(IR_VERSION);
  writer.uint32(tag(2, 'bytes')).string(graph.producer);
  message(writer, 7, () => {
    writeGraph(writer, graph);
  });
  message(writer, 8, () => {
    writer.uint32(tag(2, 'varint')).int64(OPSET);
  });
  return Uint8Array.from(writer.finish());
}

function writeGraph(writer: BinaryWriter, { nodes, constants, input, output }: OnnxGraph): void {
  for (const node of nodes) {
    message(writer, 1, () => {
      writeNode(writer, node);
    });
  }
  writer.uint32(tag(2, 'bytes')).string('main');
  for (const constant of constants) {
    message(writer, 5, () => {
      writeConstant(writer, constant);
    });
  }
  for (const [field, value] of [
    [11, input],
    [12, output],
  ] as const) {
    message(writer, field, () => {
      writeValue(writer, value);
    });
  }
}

function writeNode(writer: BinaryWriter, { type, inputs, output, attributes }: OnnxNode): void {
  for (const name of inputs) writer.uint32(tag(1, 'bytes')).string(name);
  writer.uint32(tag(2, 'bytes')).string(output);
  writer.uint32(tag(3, 'bytes')).string(output);
  writer.uint32(tag(4, 'bytes')).string(type);
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, () => {
      writer.uint32(tag(1, 'bytes')).string(name);
      if (typeof value === 'number') {
        writer.uint32(tag(3, 'varint')).int64(value);
        writer.uint32(tag(20, 'varint')).int32(ATTRIBUTE_INT);
      } else {
        for (const each of value) writer.uint32(tag(8, 'varint')).int64(each);
        writer.uint32(tag(20, 'varint')).int32(ATTRIBUTE_INTS);
      }
    });
  }
}

function writeConstant(writer: BinaryWriter, { name, shape, values }: OnnxConstant): void {
  for (const side of shape) writer.uint32(tag(1, 'varint')).int64(side);
  const isFloat = values instanceof Float32Array;
  writer.uint32(tag(2, 'varint')).int32(isFloat ? FLOAT : INT64);
  writer.uint32(tag(8, 'bytes')).string(name);
  const raw = isFloat ? values : BigInt64Array.from(values, BigInt);
  // Little-endian, as is every machine with a browser.
  writer.uint32(tag(9, 'bytes')).bytes(new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength));
}

function writeValue(writer: BinaryWriter, { name, shape }: OnnxValue): void {
  writer.uint32(tag(1, 'bytes')).string(name);
  const inside = (fields: readonly number[], write: () => void): void => {
    const [field, ...rest] = fields;
    if (field === undefined) write();
    else
      message(writer, field, () => {
        inside(rest, write);
      });
  };
  // type → tensor_type
  inside([2, 1], () => {
    writer.uint32(tag(1, 'varint')).int32(FLOAT);
    message(writer, 2, () => {
      for (const side of shape) {
        message(writer, 1, () => {
          if (side === null) writer.uint32(tag(2, 'bytes')).string('batch');
          else writer.uint32(tag(1, 'varint')).int64(side);
        });
      }
    });
  });
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.uint32(tag(field, 'bytes')).fork();
  write();
  writer.join();
}

/** Field number and wire type in one (protobuf's encoding). */
function tag(field: number, type: 'varint' | 'bytes'): number {
  return field * 8 + (type === 'varint' ? 0 : 2);
}
