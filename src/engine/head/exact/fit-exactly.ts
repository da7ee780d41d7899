import { at } from '../../../core/at.ts';
import { createBreather } from '../../../core/breathe.ts';
import type { EpochReport } from '../../../core/head.ts';
import type { FitOptions } from '../../../core/options.ts';
import { throwIfCancelled, type JobSignals } from '../../jobs.ts';
import type { FitSet, HeadFit } from '../fit-set.ts';
import { measureFeatures } from '../standardise.ts';
import { chooseL2, type Candidate } from '../../../core/recipe.ts';
import { createLinearAlgebra } from './wasm-linear-algebra.ts';
import { headOf, strideOf, usualCurvature, weightsOf } from './head-weights.ts';
import { createDescent, type Objective } from './lbfgs.ts';
import type { LinearAlgebra } from './linear-algebra.ts';
import { createSoftmaxLoss, type LossSums, type SoftmaxLoss } from './softmax-loss.ts';
import { uploadRows, type ExactData } from './upload-rows.ts';

/** How long fitting computes before it lets messages through. */
const PACE_MILLIS = 8;

/** A strength's minimum, and the report that it was reached in. */
interface Fitted extends Candidate {
  readonly weights: Float64Array;
  readonly report: number;
}

/**
 * Fits a head without hidden layers to its one optimum:
 *
 *     minimise  1/n · Σ wᵢ · cross-entropyᵢ  +  λ/2 · ‖kernel‖²
 *
 * over n training rows of standardised features, with class weights wᵢ (1, or balanced to a mean
 * of 1) and smoothed targets. Biases are not penalised. It is scikit-learn's `LogisticRegression`
 * on the same features with `C = 1 / (n · λ)`, its objective divided by n · C. Convex: found by
 * L-BFGS to a relative gap of {@link RELATIVE_GAP} (see lbfgs.ts).
 *
 * With `l2Candidates` and validation rows it goes down that path from the strongest penalty to the
 * weakest, each fit starting where the last one ended, and keeps the one that {@link chooseL2}
 * chooses; else it fits `l2` alone.
 *
 * Same set and options on the same machine: same weights, bit for bit. `stop` ends the iteration
 * that is running and chooses among what there is.
 */
export async function fitExactly(
  set: FitSet,
  options: FitOptions,
  report: (report: EpochReport) => void | Promise<void>,
  signals: JobSignals,
  algebra: LinearAlgebra = createLinearAlgebra(),
): Promise<HeadFit> {
  const standardisation = measureFeatures(set);
  const data = uploadRows(set, options, standardisation, algebra);
  const stride = strideOf(set);
  const layout = { ...set, stride };
  const pace = createBreather(PACE_MILLIS);
  const loss = createSoftmaxLoss(algebra, data.memory, stride, async () => {
    await pace();
    throwIfCancelled(signals.cancel);
  });
  const history: EpochReport[] = [];
  const sent: Promise<void>[] = [];
  const tell = (line: EpochReport) => {
    history.push(line);
    sent.push(Promise.resolve(report(line)));
  };
  const start = weightsOf(options.start, layout, standardisation);
  const path = pathOf(set, options);
  const fitted = await goDown(path, start, { algebra, data, loss, set, signals, tell, history });
  const chosen = at(fitted, Math.max(0, chooseL2(fitted, options.l2)));
  await Promise.all(sent);
  throwIfCancelled(signals.cancel);
  return {
    head: headOf(chosen.weights, layout, standardisation),
    history,
    bestEpoch: chosen.report,
    l2: chosen.l2,
    stopped: signals.stop.aborted,
  };
}

/** Strongest first: those are fitted in a few steps and lead to the weaker ones. */
function pathOf({ validationRows }: FitSet, { l2, l2Candidates }: FitOptions): number[] {
  const chooses = validationRows.length > 0 && l2Candidates.length > 0;
  return chooses ? [...l2Candidates].sort((a, b) => b - a) : [l2];
}

interface Way {
  readonly algebra: LinearAlgebra;
  readonly data: ExactData;
  readonly loss: SoftmaxLoss;
  readonly set: FitSet;
  readonly signals: JobSignals;
  readonly tell: (line: EpochReport) => void;
  readonly history: readonly EpochReport[];
}

async function goDown(path: readonly number[], start: Float64Array, way: Way): Promise<Fitted[]> {
  const { algebra, data, loss, set, signals, tell, history } = way;
  const { objective, lastSums } = createObjective(way);
  at(data.vectors, 0).set(start);
  const curvature = usualCurvature(set.embeddingLength);
  const descent = await createDescent(objective, algebra, data.vectors, curvature);
  let validation = await loss.evaluate(data.validation, start, null);
  const describe = (l2: number) =>
    describeIteration(history.length + 1, l2, lastSums(), validation, set);
  const fitted: Fitted[] = [];
  for (const l2 of path) {
    if (signals.stop.aborted) break;
    await descent.minimise(l2, async () => {
      validation = await loss.evaluate(data.validation, descent.point.weights, null);
      tell(describe(l2));
      return !signals.stop.aborted;
    });
    // Already there: told once all the same, so that every strength has its place in the curves.
    if (history.at(-1)?.l2 !== l2) tell(describe(l2));
    fitted.push({
      l2,
      ...meanOf(validation, set.validationRows.length),
      weights: descent.point.weights.slice(),
      report: history.length,
    });
  }
  return fitted;
}

/** The training part's mean loss, remembering the sums of its last evaluation. */
function createObjective({ data: { training }, loss, set, algebra }: Way): {
  objective: Objective;
  lastSums: () => LossSums;
} {
  const stride = strideOf(set);
  const free = set.classIds.map((_, unit) => unit * stride + set.embeddingLength);
  let sums: LossSums = { loss: 0, squares: 0, correct: 0 };
  const objective: Objective = {
    free,
    loss: async (weights, gradient) => {
      sums = await loss.evaluate(training, weights, gradient);
      algebra.addScaled(gradient, gradient, 1 / training.count - 1);
      if (!Number.isFinite(sums.loss)) throw new RangeError('embeddings that are no numbers');
      return sums.loss / training.count;
    },
  };
  return { objective, lastSums: () => sums };
}

function meanOf({ loss, squares }: LossSums, count: number) {
  const mean = loss / Math.max(1, count);
  const variance = Math.max(0, squares / Math.max(1, count) - mean * mean);
  return { loss: mean, standardError: Math.sqrt(variance / Math.max(1, count - 1)) };
}

function describeIteration(
  epoch: number,
  l2: number,
  training: LossSums,
  validation: LossSums,
  { trainingRows, validationRows }: FitSet,
): EpochReport {
  const judged = validationRows.length > 0;
  return {
    epoch,
    learningRate: null,
    l2,
    loss: training.loss / trainingRows.length,
    accuracy: training.correct / trainingRows.length,
    validationLoss: judged ? validation.loss / validationRows.length : null,
    validationAccuracy: judged ? validation.correct / validationRows.length : null,
  };
}
