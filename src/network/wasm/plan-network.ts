import { at } from '../../core/at.ts';
import type { InputRange } from '../../core/preprocess.ts';
import {
  isOnePixel,
  isPadded,
  ONE_PIXEL,
  type Network,
  type PoolStep,
  type Shape,
  type Step,
  type WeightedStep,
} from '../network.ts';
import { placeImages, type Lifetime } from './memory-layout.ts';
import type {
  Extent,
  ImageId,
  Layer,
  NetworkPlan,
  Piece,
  PlannedInput,
  PlannedStep,
  RowSource,
} from './plan.ts';
import {
  boundsOf,
  extentOf,
  fillChannels,
  filledUp,
  fillInputs,
  imagesOf,
  NotPlannable,
  packPointwise,
  WeightPacker,
  windowOf,
} from './plan-step.ts';

/**
 * Plans a network of convolutions, as MobileNets are, for the SIMD runtime.
 *
 * @param picture what is to be scaled to the network's input; null where the input is activations.
 * @throws NotPlannable
 */
export function planNetwork(
  { steps }: Network,
  picture: { readonly inputSidePx: number; readonly inputRange: InputRange } | null,
): NetworkPlan {
  const planner = new Planner(steps);
  const input: PlannedInput =
    picture === null
      ? { kind: 'activations', image: planner.takeActivations() }
      : { kind: 'picture', sidePx: picture.inputSidePx, range: picture.inputRange };
  for (const index of steps.keys()) if (index > 0) planner.plan(index);
  return { input, ...planner.finish() };
}

type DepthwiseStep = Extract<PlannedStep, { kind: 'depthwise' }>;

/** Sums over all inputs. */
interface Dense extends Pick<WeightedStep, 'activation'> {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** What has become of a step: an image, or what a later step may take into itself. */
type Outcome =
  | { readonly kind: 'picture' }
  | { readonly kind: 'image'; readonly id: ImageId }
  | { readonly kind: 'rows'; readonly source: RowSource; readonly extent: Extent }
  | { readonly kind: 'depthwise'; readonly step: Omit<DepthwiseStep, 'pointwise' | 'to'> };

class Planner {
  readonly #steps: readonly Step[];
  readonly #outcomes: Outcome[] = [];
  readonly #weights = new WeightPacker();
  readonly #images: (Extent & { readonly madeIn: number; lastUsedIn: number })[] = [];
  readonly #planned: PlannedStep[] = [];
  #picture: ImageId | null = null;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#outcomes[0] = { kind: 'picture' };
  }

  /** The input is an image that is there before the first step. */
  takeActivations(): Piece {
    const from =
      this.#images.push({ ...extentOf(at(this.#steps, 0)), madeIn: 0, lastUsedIn: 0 }) - 1;
    this.#outcomes[0] = { kind: 'image', id: from };
    return { from, channels: this.#channelsOf(0) };
  }

  plan(index: number): void {
    this.#outcomes[index] = this.#outcomeOf(at(this.#steps, index));
  }

  finish(): Omit<NetworkPlan, 'input'> {
    const last = this.#steps.length - 1;
    const from = this.#imageOf(last);
    at(this.#images, from).lastUsedIn = this.#planned.length;
    return {
      ...placeImages(this.#images satisfies readonly Lifetime[]),
      output: { from, channels: this.#channelsOf(last) },
      weights: this.#weights.finish(),
      steps: this.#planned,
    };
  }

  #outcomeOf(step: Step): Outcome {
    switch (step.kind) {
      case 'convolution':
        return this.#convolution(step);
      case 'depthwise':
        return this.#depthwise(step);
      case 'affine': {
        const { scale: kernel, offset: bias } = step;
        return this.#depthwise({ ...step, kind: 'depthwise', kernel, bias, window: ONE_PIXEL });
      }
      case 'add': {
        const [a = 0, b = 0] = step.inputs;
        const inputs = [this.#imageOf(a), this.#imageOf(b)] as const;
        const bounds = boundsOf(step.activation);
        return this.#emit(extentOf(step), (to) => ({ kind: 'add', inputs, bounds, to }));
      }
      case 'average-pool':
        return this.#averagePool(step);
      case 'global-average':
        return this.#average(step);
      case 'reshape':
        return this.#reshape(step);
      case 'concat':
        return this.#concat(step);
      default:
        throw new NotPlannable(step, 'it is not known here');
    }
  }

  #average(step: Step): Outcome {
    const from = this.#imageOf(at(step.inputs, 0));
    return this.#emit(extentOf(step), (to) => ({ kind: 'average', from, to }));
  }

  #averagePool(step: PoolStep): Outcome {
    const { size, padding } = step.window;
    const shape = this.#shapeBefore(step);
    if (String(size) === String(shape.slice(0, 2))) return this.#average(step);
    if (isPadded(padding)) throw new NotPlannable(step, 'a padded window');
    const channels = at(shape, 2);
    const pixels = size[0] * size[1];
    return this.#depthwise({
      ...step,
      kind: 'depthwise',
      kernel: new Float32Array(pixels * channels).fill(1 / pixels),
      bias: new Float32Array(channels),
      activation: 'none',
    });
  }

  #reshape(step: Step): Outcome {
    const input = at(step.inputs, 0);
    if (!isOnePixel(step.shape))
      throw new NotPlannable(step, `a new shape [${step.shape.join(', ')}]`);
    // One pixel as another: in memory it is the same.
    if (isOnePixel(at(this.#steps, input).shape))
      return { kind: 'image', id: this.#imageOf(input) };
    return this.#flatten(step);
  }

  #concat(step: Extract<Step, { kind: 'concat' }>): Outcome {
    const arePixels = step.inputs.every((input) => isOnePixel(at(this.#steps, input).shape));
    if (!arePixels || step.axis !== step.shape.length - 1) {
      throw new NotPlannable(step, 'a concatenation of more than features');
    }
    return this.#flatten(step);
  }

  #flatten(step: Step): Outcome {
    const pieces = step.inputs.map((input) => ({
      from: this.#imageOf(input),
      channels: this.#channelsOf(input),
    }));
    return this.#emit(extentOf(step), (to) => ({ kind: 'flatten', pieces, to }));
  }

  #convolution(step: WeightedStep): Outcome {
    const input = at(step.inputs, 0);
    const before = at(this.#outcomes, input);
    const extent = extentOf(step);
    if (before.kind === 'picture') {
      const layer = this.#pointwiseLayer(step, step.kernel.length / step.bias.length);
      const { columns } = extent;
      const source = { kind: 'picture', window: windowOf(step), layer, columns } as const;
      return { kind: 'rows', source, extent };
    }
    const channels = at(this.#shapeBefore(step), 2);
    const { size, strides } = step.window;
    if ([...size, ...strides].some((side) => side !== 1)) {
      const kernel = fillInputs(step.kernel, channels, step.bias.length);
      const layer = this.#pointwiseLayer({ ...step, kernel }, kernel.length / step.bias.length);
      const [window, from] = [windowOf(step), this.#imageOf(input)];
      const source = { kind: 'convolution', from, window, layer, columns: extent.columns } as const;
      return { kind: 'rows', source, extent };
    }
    const layer = this.#pointwiseLayer(step, filledUp(channels));
    if (before.kind === 'depthwise' && this.#isUsedOnce(input)) {
      return this.#emit(extent, (to) => ({ ...before.step, pointwise: layer, to }));
    }
    const source = { kind: 'pointwise', from: this.#imageOf(input), layer } as const;
    return { kind: 'rows', source, extent };
  }

  #depthwise(step: WeightedStep): Outcome {
    const input = at(step.inputs, 0);
    const shape = this.#shapeBefore(step);
    if (at(step.shape, 2) !== at(shape, 2)) throw new NotPlannable(step, 'several a channel');
    const before = at(this.#outcomes, input);
    const source =
      before.kind === 'rows' && this.#isUsedOnce(input)
        ? before.source
        : ({ kind: 'image', from: this.#imageOf(input) } as const);
    const after = extentOf(step);
    const layer = {
      weights: this.#weights.add(fillChannels(step.kernel, step.bias.length)),
      bias: this.#weights.add(fillChannels(step.bias, step.bias.length)),
      inputs: step.kernel.length / step.bias.length,
      outputs: after.channels,
      bounds: boundsOf(step.activation),
    };
    const planned = {
      kind: 'depthwise',
      source,
      before: extentOf({ shape }),
      window: windowOf(step),
      layer,
      after,
    } as const;
    return { kind: 'depthwise', step: planned };
  }

  #pointwiseLayer({ kernel, bias, activation }: Dense, inputs: number): Layer {
    return {
      weights: this.#weights.add(packPointwise(kernel, bias.length, inputs)),
      bias: this.#weights.add(fillChannels(bias, bias.length)),
      inputs,
      outputs: filledUp(bias.length),
      bounds: boundsOf(activation),
    };
  }

  /** Has what a step makes computed into an image, once. */
  #imageOf(index: number): ImageId {
    // The picture stays one too: a convolution of it needs no image.
    const before = at(this.#outcomes, index);
    if (before.kind === 'picture') return (this.#picture ??= this.#scaled(index));
    const outcome = this.#toImage(before);
    this.#outcomes[index] = outcome;
    return outcome.id;
  }

  /** The picture's scaled values, by a convolution that leaves them as they are. */
  #scaled(index: number): ImageId {
    const input = at(this.#steps, index);
    const channels = at(input.shape, 2);
    const unity = Float32Array.from({ length: channels ** 2 }, (_, i) =>
      i % (channels + 1) === 0 ? 1 : 0,
    );
    const bias = new Float32Array(channels);
    const layer = this.#pointwiseLayer({ kernel: unity, bias, activation: 'none' }, channels);
    const extent = extentOf(input);
    const window = { rows: 1, columns: 1, stride: 1, top: 0, left: 0 };
    const source = { kind: 'picture', window, layer, columns: extent.columns } as const;
    return this.#emit(extent, (to) => ({ kind: 'rows', source, to })).id;
  }

  #toImage(outcome: Exclude<Outcome, { kind: 'picture' }>): Extract<Outcome, { kind: 'image' }> {
    switch (outcome.kind) {
      case 'image':
        return outcome;
      case 'rows': {
        const { source, extent } = outcome;
        return this.#emit(extent, (to) => ({ kind: 'rows', source, to }));
      }
      case 'depthwise':
        return this.#emit(outcome.step.after, (to) => ({ ...outcome.step, pointwise: null, to }));
    }
  }

  #emit(extent: Extent, step: (to: ImageId) => PlannedStep): Extract<Outcome, { kind: 'image' }> {
    const number = this.#planned.length;
    const id = this.#images.push({ ...extent, madeIn: number, lastUsedIn: number }) - 1;
    const planned = step(id);
    for (const used of imagesOf(planned)) at(this.#images, used).lastUsedIn = number;
    this.#planned.push(planned);
    return { kind: 'image', id };
  }

  #channelsOf(index: number): number {
    return at(at(this.#steps, index).shape.slice(-1), 0);
  }

  #shapeBefore({ inputs }: Step): Shape {
    return at(this.#steps, at(inputs, 0)).shape;
  }

  #isUsedOnce(index: number): boolean {
    return this.#steps.flatMap(({ inputs }) => inputs).filter((one) => one === index).length === 1;
  }
}
