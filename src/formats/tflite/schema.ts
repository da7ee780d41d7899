/**
 * Numbers of TensorFlow Lite's schema (tensorflow/lite/schema/schema.fbs,
 * version 3): operators, option tables and the types of tensors.
 */

export const TENSOR_TYPE = { float32: 0, float16: 1, int32: 2 } as const;
export type TensorType = keyof typeof TENSOR_TYPE;

/** Number and version of each operator that is written. */
export const OPERATORS = {
  add: { code: 0, version: 1 },
  averagePool: { code: 1, version: 1 },
  concatenation: { code: 2, version: 1 },
  convolution: { code: 3, version: 1 },
  depthwise: { code: 4, version: 2 },
  dequantize: { code: 6, version: 3 },
  fullyConnected: { code: 9, version: 1 },
  multiply: { code: 18, version: 1 },
  reshape: { code: 22, version: 1 },
  softmax: { code: 25, version: 1 },
  pad: { code: 34, version: 1 },
  mean: { code: 40, version: 1 },
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
