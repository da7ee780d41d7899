import { Builder } from 'flatbuffers';
import { writeFloats, writeIntegers, writeLongs, writeOffsets, writeTable } from './flatbuffer.ts';
import type { Quantisation } from './quantise.ts';
import {
  OPERATORS,
  TENSOR_TYPE,
  type OperatorName,
  type OptionTable,
  type TensorType,
} from './operators.ts';

/** A tensor: one that is computed, or one with its values. */
export interface TfliteTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | null;
  /** What its integers mean; null: what they are. */
  readonly quantisation: Quantisation | null;
}

export interface TfliteOperator {
  readonly name: OperatorName;
  /** Numbers of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: OptionTable | null;
}

export interface TfliteModel {
  readonly description: string;
  /** Which versions of the operators it takes. */
  readonly numbers: 'float' | 'int8';
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  /** Numbers of tensors, with the names that a caller goes by. */
  readonly inputs: readonly (readonly [name: string, tensor: number])[];
  readonly outputs: readonly (readonly [name: string, tensor: number])[];
  /** Model Metadata; null for none. */
  readonly metadata: Uint8Array | null;
}

/** Runtimes read weights in place, and SIMD wants them so. */
const DATA_ALIGNMENT = 16;
const SCHEMA_VERSION = 3;
const FILE_IDENTIFIER = 'TFL3';
const SIGNATURE = 'serving_default';
const METADATA = 'TFLITE_METADATA';
/** Room for everything but the weights. */
const SMALL_PARTS_BYTES = 65_536;

/** The bytes of a TensorFlow Lite file. FlatBuffers are written from the leaves to the root. */
export function serialiseTflite(model: TfliteModel): Uint8Array<ArrayBuffer> {
  const data = model.tensors.reduce((sum, tensor) => sum + (tensor.data?.byteLength ?? 0), 0);
  const builder = new Builder(data + SMALL_PARTS_BYTES);
  const names = [...new Set(model.operators.map(({ name }) => name))];
  const { tensors, buffers } = writeTensors(builder, model.tensors);
  const operators = model.operators.map((operator) => writeOperator(builder, operator, names));
  const graph = writeGraph(builder, model, tensors, operators);
  const codes = names.map((name) => writeCode(builder, name, model.numbers));
  const signature = writeSignature(builder, model);
  const description = builder.createString(model.description);
  const metadata =
    model.metadata === null
      ? []
      : [writeMetadata(builder, buffers.push(writeBuffer(builder, model.metadata)) - 1)];

  const fields: (readonly [slot: number, offset: number])[] = [
    [1, writeOffsets(builder, codes)],
    [2, writeOffsets(builder, [graph])],
    [3, description],
    [4, writeOffsets(builder, buffers)],
    [6, metadata.length === 0 ? 0 : writeOffsets(builder, metadata)],
    [7, writeOffsets(builder, [signature])],
  ];
  builder.startObject(8);
  builder.addFieldInt32(0, SCHEMA_VERSION, 0);
  for (const [slot, offset] of fields) builder.addFieldOffset(slot, offset, 0);
  builder.finish(builder.endObject(), FILE_IDENTIFIER);
  return Uint8Array.from(builder.asUint8Array());
}

/** Buffer 0 stays empty: it is what tensors without values point to. */
function writeTensors(builder: Builder, all: readonly TfliteTensor[]) {
  const buffers = [writeBuffer(builder, null)];
  const tensors = all.map(({ name, type, shape, data, quantisation }) => {
    const buffer = data === null ? 0 : buffers.push(writeBuffer(builder, data)) - 1;
    const nameAt = builder.createString(name);
    const shapeAt = writeIntegers(builder, shape);
    const quantisationAt = quantisation === null ? 0 : writeQuantisation(builder, quantisation);
    builder.startObject(10);
    builder.addFieldOffset(0, shapeAt, 0);
    builder.addFieldInt8(1, TENSOR_TYPE[type], 0);
    builder.addFieldInt32(2, buffer, 0);
    builder.addFieldOffset(3, nameAt, 0);
    builder.addFieldOffset(4, quantisationAt, 0);
    builder.addFieldInt8(8, 1, 0);
    return builder.endObject();
  });
  return { tensors, buffers };
}

function writeQuantisation(builder: Builder, { scales, zeroPoints, axis }: Quantisation): number {
  const scalesAt = writeFloats(builder, scales);
  const zeroPointsAt = writeLongs(builder, zeroPoints);
  builder.startObject(7);
  builder.addFieldOffset(2, scalesAt, 0);
  builder.addFieldOffset(3, zeroPointsAt, 0);
  builder.addFieldInt32(6, axis, 0);
  return builder.endObject();
}

function writeBuffer(builder: Builder, data: Uint8Array | null): number {
  if (data !== null) builder.prep(DATA_ALIGNMENT, data.byteLength);
  const bytes = data === null ? 0 : builder.createByteVector(data);
  return writeTable(builder, 3, [[0, bytes]]);
}

function writeMetadata(builder: Builder, buffer: number): number {
  const name = builder.createString(METADATA);
  builder.startObject(2);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt32(1, buffer, 0);
  return builder.endObject();
}

function writeOperator(
  builder: Builder,
  { name, inputs, outputs, options }: TfliteOperator,
  names: readonly OperatorName[],
): number {
  const inputsAt = writeIntegers(builder, inputs);
  const outputsAt = writeIntegers(builder, outputs);
  const optionsAt = options === null ? 0 : writeOptions(builder, options);
  builder.startObject(9);
  builder.addFieldInt32(0, names.indexOf(name), 0);
  builder.addFieldOffset(1, inputsAt, 0);
  builder.addFieldOffset(2, outputsAt, 0);
  builder.addFieldInt8(3, options?.union ?? 0, 0);
  builder.addFieldOffset(4, optionsAt, 0);
  return builder.endObject();
}

function writeOptions(builder: Builder, { slots, fields }: OptionTable): number {
  builder.startObject(slots);
  for (const [slot, type, value, missing] of fields) {
    if (type === 'float32') builder.addFieldFloat32(slot, value, missing);
    else if (type === 'int32') builder.addFieldInt32(slot, value, missing);
    else builder.addFieldInt8(slot, value, missing);
  }
  return builder.endObject();
}

function writeCode(builder: Builder, name: OperatorName, numbers: TfliteModel['numbers']): number {
  const { code, [numbers]: version } = OPERATORS[name];
  builder.startObject(4);
  // Old readers know the first only; both say the same below 127.
  builder.addFieldInt8(0, code, 0);
  builder.addFieldInt32(2, version, 1);
  builder.addFieldInt32(3, code, 0);
  return builder.endObject();
}

function writeGraph(
  builder: Builder,
  { inputs, outputs }: TfliteModel,
  tensors: readonly number[],
  operators: readonly number[],
): number {
  const fields = [
    writeOffsets(builder, tensors),
    writeIntegers(
      builder,
      inputs.map(([, tensor]) => tensor),
    ),
    writeIntegers(
      builder,
      outputs.map(([, tensor]) => tensor),
    ),
    writeOffsets(builder, operators),
    builder.createString('main'),
  ];
  return writeTable(builder, 5, [...fields.entries()]);
}

/** Names for what goes in and out; LiteRT runs a model by its signature. */
function writeSignature(builder: Builder, { inputs, outputs }: TfliteModel): number {
  const writeMaps = (maps: TfliteModel['inputs']) =>
    writeOffsets(
      builder,
      maps.map(([name, tensor]) => {
        const nameAt = builder.createString(name);
        builder.startObject(2);
        builder.addFieldOffset(0, nameAt, 0);
        builder.addFieldInt32(1, tensor, 0);
        return builder.endObject();
      }),
    );
  const fields = [writeMaps(inputs), writeMaps(outputs), builder.createString(SIGNATURE)];
  return writeTable(builder, 5, [...fields.entries()]);
}
