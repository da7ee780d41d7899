/**
 * Eight bits: `real = scale · (integer − zero point)`, by TensorFlow Lite's quantisation
 * specification (tensorflow.org/lite/performance/quantization_spec): activations from −128 to 127
 * with one scale, weights from −127 to 127 around a zero point of 0.
 */
import { at } from '../../core/at.ts';

/** The least and the greatest value that a step gives. */
export type ValueRange = readonly [min: number, max: number];

/** Of a tensor: one scale and zero point, or one for each index of an axis. */
export interface Quantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** What softmax gives, 0 to 1: the specification asks for these very numbers. */
export const OF_PROBABILITIES: Quantisation = { scales: [1 / 256], zeroPoints: [-128], axis: 0 };

/**
 * Of activations. Zero is always among them and has an integer of its own, because paddings are
 * zeros.
 *
 * @throws RangeError where the range isn't one of finite numbers.
 */
export function quantiseRange([least, greatest]: ValueRange): Quantisation {
  if (!Number.isFinite(least) || !Number.isFinite(greatest) || least > greatest) {
    throw new RangeError(`a range from ${String(least)} to ${String(greatest)}`);
  }
  const min = Math.min(0, least);
  const max = Math.max(0, greatest);
  // Where all is zero every scale is right.
  const scale = Math.fround((max - min) / 255) || 1;
  const zeroPoint = Math.min(127, Math.max(-128, Math.round(-128 - min / scale)));
  return { scales: [scale], zeroPoints: [zeroPoint], axis: 0 };
}

/** A kernel and what is added to its sums, for an input with one scale. */
export interface Weights {
  readonly kernel: Float32Array;
  /** [out] */
  readonly bias: Float32Array;
  /** Where in the kernel's memory the outputs are: each one's weights together, or side by side. */
  readonly outputs: 'first' | 'last';
}

export interface QuantisedWeights {
  readonly kernel: Int8Array;
  /** One for each output. */
  readonly scales: readonly number[];
  /** In units of input scale × kernel scale. */
  readonly bias: Int32Array;
}

/** The bias may take up half of int32; the rest is room for the sums. */
const MOST_BIAS = 2 ** 30;

/** What weights are put on. */
export interface Weighed {
  /** Of its integers. */
  readonly scale: number;
  /** What each channel typically is, [channels]. */
  readonly means: Float32Array;
}

/**
 * What rounding the weights adds to an output of typical inputs comes off its bias again (Nagel et al.
 * 2019, "Data-Free Quantization through Weight Equalization and Bias Correction", section 4.2): of the
 * changed answers, rounded weights are the main cause.
 *
 * @param sharedScale one scale for all outputs, for operators that know no other.
 */
export function quantiseWeights(
  { kernel, bias, outputs }: Weights,
  input: Weighed,
  sharedScale: boolean,
): QuantisedWeights {
  const each = kernel.length / bias.length;
  const channels = input.means.length;
  const [toNext, toNextOutput] = outputs === 'first' ? [1, each] : [bias.length, 1];
  let scales = Array.from(bias, (value, output) => {
    let most = 0;
    for (let index = 0; index < each; index++) {
      most = Math.max(most, Math.abs(at(kernel, output * toNextOutput + index * toNext)));
    }
    // A large bias on small weights (an output that is always the same) makes their scale larger.
    return Math.max(most / 127, Math.abs(value) / (input.scale * MOST_BIAS));
  });
  if (sharedScale) scales = scales.fill(Math.max(...scales));
  scales = scales.map((scale) => Math.fround(scale) || 1);
  const quantised = new Int8Array(kernel.length);
  const corrected = Array.from(bias, (value, output) => {
    const scale = at(scales, output);
    let added = 0;
    for (let index = 0; index < each; index++) {
      const place = output * toNextOutput + index * toNext;
      const weight = at(kernel, place);
      const integer = Math.max(-127, Math.min(127, Math.round(weight / scale)));
      quantised[place] = integer;
      // Beside each other are weights of all channels, or of one.
      const channel =
        outputs === 'first' ? index % channels : Math.floor((output * channels) / bias.length);
      added += (integer * scale - weight) * at(input.means, channel);
    }
    return Math.round((value - added) / (input.scale * scale));
  });
  return { kernel: quantised, scales, bias: Int32Array.from(corrected) };
}
