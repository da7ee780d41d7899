import type { Activation, Window } from '../../network/network.ts';

/**
 * Numbers of TensorFlow Lite's schema (tensorflow/lite/schema/schema.fbs,
 * version 3): operators, option tables and the types of tensors.
 */

export const TENSOR_TYPE = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;
export type TensorType = keyof typeof TENSOR_TYPE;

/**
 * Number of each operator that is written, and the version that takes float32 or int8: the lowest
 * that does (tensorflow/lite/tools/versioning/op_version.cc).
 */
export const OPERATORS = {
  add: { code: 0, float: 1, int8: 2 },
  averagePool: { code: 1, float: 1, int8: 2 },
  concatenation: { code: 2, float: 1, int8: 2 },
  convolution: { code: 3, float: 1, int8: 3 },
  depthwise: { code: 4, float: 2, int8: 3 },
  // From float16, and from int8.
  dequantize: { code: 6, float: 3, int8: 2 },
  fullyConnected: { code: 9, float: 1, int8: 4 },
  multiply: { code: 18, float: 1, int8: 2 },
  reshape: { code: 22, float: 1, int8: 1 },
  softmax: { code: 25, float: 1, int8: 2 },
  pad: { code: 34, float: 1, int8: 2 },
  mean: { code: 40, float: 1, int8: 2 },
  quantize: { code: 114, float: 1, int8: 1 },
} as const;
export type OperatorName = keyof typeof OPERATORS;

export const ACTIVATION = { none: 0, relu: 1, relu6: 3 } as const;
export const PADDING = { same: 0, valid: 1 } as const;

/** A field of an option table: its place there, its type, its value, and what it is when it isn't written. */
export type OptionField = readonly [
  slot: number,
  type: 'int8' | 'int32' | 'float32' | 'bool',
  value: number,
  missing: number,
];

/** An operator's options: the number in the schema's union, and its fields. */
export interface OptionTable {
  readonly union: number;
  readonly slots: number;
  readonly fields: readonly OptionField[];
}

type Pad = keyof typeof PADDING;

function fused(slot: number, activation: Activation): OptionField {
  return [slot, 'int8', ACTIVATION[activation], 0];
}

/** Padding, then the strides: what all tables of windows begin with. */
function sliding({ strides: [rows, columns] }: Window, padding: Pad): OptionField[] {
  return [
    [0, 'int8', PADDING[padding], 0],
    [1, 'int32', columns, 0],
    [2, 'int32', rows, 0],
  ];
}

export function convolution(window: Window, padding: Pad, activation: Activation): OptionTable {
  const [rows, columns] = window.dilations;
  const dilations: OptionField[] = [
    [4, 'int32', columns, 1],
    [5, 'int32', rows, 1],
  ];
  return {
    union: 1,
    slots: 7,
    fields: [...sliding(window, padding), fused(3, activation), ...dilations],
  };
}

export function depthwise(
  window: Window,
  padding: Pad,
  activation: Activation,
  multiplier: number,
): OptionTable {
  const [rows, columns] = window.dilations;
  const rest: OptionField[] = [
    [3, 'int32', multiplier, 0],
    fused(4, activation),
    [5, 'int32', columns, 1],
    [6, 'int32', rows, 1],
  ];
  return { union: 2, slots: 7, fields: [...sliding(window, padding), ...rest] };
}

export function pool(window: Window, padding: Pad): OptionTable {
  const [rows, columns] = window.size;
  const size: OptionField[] = [
    [3, 'int32', columns, 0],
    [4, 'int32', rows, 0],
  ];
  return { union: 5, slots: 6, fields: [...sliding(window, padding), ...size] };
}

export function dense(activation: Activation): OptionTable {
  return { union: 8, slots: 5, fields: [fused(0, activation)] };
}

/** β is 0 where it isn't written, and everything equally likely. */
export function softmax(): OptionTable {
  return { union: 9, slots: 1, fields: [[0, 'float32', 1, 0]] };
}

export function concatenation(axis: number): OptionTable {
  return { union: 10, slots: 2, fields: [[0, 'int32', axis, 0]] };
}

export function add(activation: Activation): OptionTable {
  return { union: 11, slots: 2, fields: [fused(0, activation)] };
}

export function multiply(): OptionTable {
  return { union: 21, slots: 1, fields: [] };
}

/** The new shape is an input. */
export function reshape(): OptionTable {
  return { union: 17, slots: 1, fields: [] };
}

export function pad(): OptionTable {
  return { union: 22, slots: 0, fields: [] };
}

export function mean(): OptionTable {
  return { union: 27, slots: 1, fields: [[0, 'bool', 0, 0]] };
}
