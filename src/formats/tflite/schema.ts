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
