/** Formats that some runtime in a browser reads, so that a file can be checked here. */
export type CheckableFormat = 'tfjs' | 'tflite' | 'onnx';

/** A form in which a whole classifier can be taken along, beside Headstart's own. */
export type ExportFormat = CheckableFormat | 'keras' | 'pytorch' | 'page';

export function isCheckable(format: ExportFormat): format is CheckableFormat {
  return format === 'tfjs' || format === 'tflite' || format === 'onnx';
}

/**
 * How exactly an export keeps its weights: float16 takes half, eight bits a quarter of float32's
 * room. `uint8` is kept so and computed in single precision; `int8` is computed in too.
 */
export type WeightPrecision = 'float32' | 'float16' | 'uint8' | 'int8';

/** Precisions that a format can be had in, the usual one first. */
export const PRECISIONS: Readonly<Record<ExportFormat, readonly WeightPrecision[]>> = {
  tfjs: ['float32', 'float16', 'uint8'],
  tflite: ['float32', 'float16', 'int8'],
  onnx: ['float32'],
  keras: ['float32'],
  pytorch: ['float32'],
  page: ['float32'],
};

/** Bits of a weight. */
export const WEIGHT_BITS: Readonly<Record<WeightPrecision, number>> = {
  float32: 32,
  float16: 16,
  uint8: 8,
  int8: 8,
};

/** All but the page, which the engine writes: it carries the engine's own plan of the network. */
export type WholeFormat = Exclude<ExportFormat, 'page'>;
