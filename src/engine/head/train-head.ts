import { at } from '../../core/at.ts';
import { foldStandardisation, type DenseLayer, type EpochReport } from '../../core/head.ts';
import type { FitOptions } from '../../core/options.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import { createRandom, shuffle } from '../../core/random.ts';
import { learningRateAt } from '../../core/recipe.ts';
import { createBreather } from '../../core/breathe.ts';
import { readBack, type Device } from '../device/device.ts';
import { throwIfCancelled, type JobSignals } from '../jobs.ts';
import type { FitSet, HeadFit } from './fit-set.ts';
import { createFitState, type EpochSums, type FitState } from './fit-state.ts';
import { measureFeatures, standardiseRows } from './standardise.ts';

/** How long fitting computes before it lets messages through. */
const PACE_MILLIS = 8;

/**
 * Weights of standardised features that large have blown up, even where a
 * saturated softmax keeps the loss finite: single precision has no digits left
 * for what they multiply.
 */
const LARGEST_WEIGHT = 1e6;

/**
 * Fits a head to embeddings. The epoch with the lowest validation loss is kept
 * where early stopping is on and there is a validation part; else the last.
 *
 * Same set, options and backend: same weights, bit for bit. All randomness
 * comes from `options.seed`, in the order initial weights, then epoch by epoch
 * the shuffle and the dropout masks.
 */
export async function trainHead(
  set: FitSet,
  options: FitOptions,
  device: Device,
  report: (report: EpochReport) => void | Promise<void>,
  signals: JobSignals,
): Promise<Result<HeadFit>> {
  const standardisation = measureFeatures(set);
  const features = new Float32Array(set.classes.length * set.embeddingLength);
  standardiseRows(set, set.classes.keys(), standardisation, features, set.embeddingLength);
  const state = createFitState(set, options, features);
  const pace = createBreather(PACE_MILLIS);
  const random = createRandom(options.seed + 0.5);
  const chooses = options.earlyStopping && set.validationRows.length > 0;
  const lastEpoch = Math.min(options.epochs, options.stopAfterEpoch ?? options.epochs);
  const history: EpochReport[] = [];
  let best = { epoch: 0, loss: Infinity };
  try {
    for (let epoch = 1; epoch <= lastEpoch && !signals.stop.aborted; epoch++) {
      const rate = await fitEpoch(state, set, options, epoch, random, async () => {
        await pace();
        throwIfCancelled(signals.cancel);
      });
      const sums = await readEpoch(state, device);
      if (hasBlownUp(sums)) {
        return failed({ code: 'loss-not-finite', epoch, learningRate: options.learningRate });
      }
      const line = { ...describeEpoch(epoch, rate, sums, set), l2: options.l2 };
      history.push(line);
      const loss = chooses ? (line.validationLoss ?? Infinity) : -epoch;
      if (loss < best.loss) {
        best = { epoch, loss };
        state.keepWeights();
      }
      await report(line);
      throwIfCancelled(signals.cancel);
      if (chooses && epoch - best.epoch >= options.patience) break;
    }
    const layers = await readLayers(state, device);
    const [first, ...others] = layers;
    if (first === undefined) throw new RangeError('a head without layers');
    const { mean, std } = standardisation;
    const folded = [foldStandardisation(first, mean, std), ...others];
    const { embeddingLength, classIds } = set;
    const head = { embeddingLength, layers: folded, classIds };
    return ok({
      head,
      history,
      bestEpoch: best.epoch,
      l2: options.l2,
      stopped: signals.stop.aborted,
    });
  } finally {
    state.dispose();
  }
}

/** Goes through the training rows once, in a new order. @returns the last step's learning rate. */
async function fitEpoch(
  state: FitState,
  set: FitSet,
  options: FitOptions,
  epoch: number,
  random: ReturnType<typeof createRandom>,
  afterStep: () => Promise<void>,
): Promise<number> {
  const order = set.trainingRows.slice();
  shuffle(random, order);
  const stepsPerEpoch = Math.ceil(order.length / options.batchSize);
  let rate = 0;
  for (let index = 0; index < stepsPerEpoch; index++) {
    const step = (epoch - 1) * stepsPerEpoch + index;
    rate = learningRateAt(step, options.epochs * stepsPerEpoch, options);
    const start = index * options.batchSize;
    state.step(order.slice(start, start + options.batchSize), rate, random);
    await afterStep();
  }
  return rate;
}

/** One read-back an epoch: everything that is wanted of it lies in one tensor. */
async function readEpoch(state: FitState, device: Device): Promise<EpochSums> {
  const sums = state.endEpoch();
  try {
    const values = await readBack(device, sums);
    return {
      loss: at(values, 0),
      correct: at(values, 1),
      validationLoss: at(values, 2),
      validationCorrect: at(values, 3),
      largestWeight: at(values, 4),
    };
  } finally {
    sums.dispose();
  }
}

function hasBlownUp({ loss, largestWeight }: EpochSums): boolean {
  return !Number.isFinite(loss) || !(largestWeight <= LARGEST_WEIGHT);
}

function describeEpoch(
  epoch: number,
  learningRate: number,
  sums: EpochSums,
  { trainingRows, validationRows }: FitSet,
): Omit<EpochReport, 'l2'> {
  const validated = validationRows.length > 0;
  return {
    epoch,
    learningRate,
    loss: sums.loss / trainingRows.length,
    accuracy: sums.correct / trainingRows.length,
    validationLoss: validated ? sums.validationLoss / validationRows.length : null,
    validationAccuracy: validated ? sums.validationCorrect / validationRows.length : null,
  };
}

/** Reads the kept weights back, one layer after the other. */
async function readLayers(state: FitState, device: Device): Promise<DenseLayer[]> {
  const layers: DenseLayer[] = [];
  const kept = state.keptWeights();
  for (const [index, { kernel, bias }] of kept.entries()) {
    layers.push({
      units: bias.size,
      kernel: await readBack(device, kernel),
      bias: await readBack(device, bias),
      activation: index === kept.length - 1 ? 'softmax' : 'relu',
    });
  }
  return layers;
}
