import { at } from '../../../core/at.ts';
import type { FitOptions } from '../../../core/options.ts';
import { balanceClasses, type FitSet } from '../fit-set.ts';
import { standardiseRows, type Standardisation } from '../standardise.ts';
import { biasInput, strideOf } from './head-weights.ts';
import type { LinearAlgebra } from './linear-algebra.ts';
import { DESCENT_VECTORS } from './lbfgs.ts';
import { logitsLength, type LossMemory, type LossRows } from './softmax-loss.ts';

/** All matrices of a fit, in the memory of the linear algebra. */
export interface ExactData {
  readonly training: LossRows;
  readonly validation: LossRows;
  readonly memory: LossMemory;
  /** Of all weights' length, [classes, stride]; for the descent. */
  readonly vectors: readonly Float64Array[];
}

/** Matrices have their rows four at a time. */
const ROWS_AT_ONCE = 4;

/** Standardises the training and the validation rows into that memory. */
export function uploadRows(
  set: FitSet,
  options: Pick<FitOptions, 'balancedClassWeights' | 'labelSmoothing'>,
  standardisation: Standardisation,
  algebra: LinearAlgebra,
): ExactData {
  const { trainingRows, validationRows, embeddingLength, classIds } = set;
  const stride = strideOf(set);
  const parts = [trainingRows, validationRows].map((rows) => ({
    rows,
    length: Math.ceil(rows.length / ROWS_AT_ONCE) * ROWS_AT_ONCE * stride,
  }));
  const square = classIds.length * stride;
  const { matrices, vectors } = algebra.allocate({
    matrices: [...parts.map(({ length }) => length), square, square, logitsLength(classIds.length)],
    vectors: new Array<number>(DESCENT_VECTORS).fill(square),
  });
  const [weights, gradient, logits] = [at(matrices, 2), at(matrices, 3), at(matrices, 4)];
  const classWeights = options.balancedClassWeights
    ? balanceClasses(set)
    : new Array<number>(classIds.length).fill(1);
  const [training, validation] = parts.map(({ rows }, index): LossRows => {
    const features = at(matrices, index);
    standardiseRows(set, rows, standardisation, features, stride);
    for (let row = 0; row < rows.length; row++)
      features[row * stride + embeddingLength] = biasInput(embeddingLength);
    return {
      features,
      count: rows.length,
      classes: Int32Array.from(rows, (row) => at(set.classes, row)),
      classWeights,
      labelSmoothing: options.labelSmoothing,
    };
  }) as [LossRows, LossRows];
  return { training, validation, memory: { weights, gradient, logits }, vectors };
}
