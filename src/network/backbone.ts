import type { BackboneInfo } from '../core/backbone.ts';
import type { InputPixels } from '../core/preprocess.ts';
import { elementsOf, isOnePixel, type Network, type Shape, type Step } from './network.ts';
import { at } from '../core/at.ts';

/** Activations of some pictures, row-major [pictures, …the point's shape]. */
export type Activations = Float32Array<ArrayBuffer>;

/** A network from pixels to an embedding, whatever runs it. */
export interface Backbone {
  readonly info: BackboneInfo;
  /**
   * In one read-back, however many there are.
   *
   * @param batch RGB, [inputSidePx, inputSidePx, 3] each, 0 to 255.
   * @returns row-major [pictures, embeddingLength].
   */
  embed(batch: readonly InputPixels[]): Promise<Activations>;
  /**
   * What is on the way to the embedding. It is got ready when it is first asked for, and takes memory
   * only once it is run.
   *
   * @returns null where nothing but a library can run this model.
   */
  inside(): BackboneInside | null;
  dispose(): void;
}

/** A point in a network: after one of its steps. */
export interface Point {
  /** Number of the step. */
  readonly step: number;
  /** Of the step. Hostile text. */
  readonly name: string;
  /** Of one picture's activations. */
  readonly shape: Shape;
}

/** Points with a name. */
export interface Taps {
  /** The embedding. */
  readonly pooled: Point;
  /**
   * The last feature map, whose mean over height and width the embedding is: [height, width, channels].
   * Null where the embedding is made of something else.
   */
  readonly features: Point | null;
}

export interface BackboneInside {
  readonly taps: Taps;
  /** Where it can be cut in two, from the input to the embedding: all that comes after needs nothing before. */
  readonly cuts: readonly Point[];
  /** @param to a tap or a cut. */
  readonly run: (batch: readonly InputPixels[], to: Point) => Promise<Activations>;
  /**
   * Goes on from what `run` has given.
   *
   * @param from a cut.
   * @param to a tap or a cut, not before it.
   */
  readonly resume: (activations: Activations, from: Point, to: Point) => Promise<Activations>;
}

/** @param network from an input to a row of features. */
export function pointsOf({ steps }: Network): Pick<BackboneInside, 'taps' | 'cuts'> {
  const pointAt = (step: number): Point => {
    const { name, shape } = at(steps, step);
    return { step, name, shape };
  };
  const last = steps.length - 1;
  const cuts: number[] = [];
  // The earliest step that any step after this one looks at.
  let earliest = last;
  for (let step = last - 1; step > 0; step--) {
    earliest = Math.min(earliest, ...at(steps, step + 1).inputs);
    if (earliest >= step) cuts.unshift(step);
  }
  const features = featureMapOf(steps);
  return {
    taps: {
      pooled: pointAt(last),
      features: features !== null && cuts.includes(features) ? pointAt(features) : null,
    },
    cuts: cuts.map(pointAt),
  };
}

const POOLING: ReadonlySet<Step['kind']> = new Set(['global-average', 'average-pool', 'reshape']);

/** From the end back over whatever pools. */
function featureMapOf(steps: readonly Step[]): number | null {
  let step = steps.length - 1;
  while (isOnePixel(at(steps, step).shape)) {
    const { kind, inputs } = at(steps, step);
    if (!POOLING.has(kind)) return null;
    step = at(inputs, 0);
  }
  return at(steps, step).kind === 'input' ? null : step;
}

/**
 * The part of a network from one point to a later one. @param from a cut, whose activations are the
 * part's input, or the network's own input.
 */
export function partOf({ steps }: Network, from: number, to: number): Network {
  const { name, shape } = at(steps, from);
  const input: Step = { kind: 'input', name, inputs: [], shape };
  const others = steps.slice(from + 1, to + 1).map((step) => ({
    ...step,
    inputs: step.inputs.map((index) => index - from),
  }));
  return { steps: [input, ...others] };
}

/** How many pictures some activations are of. @throws RangeError where they are no whole number. */
export function countOf(activations: Activations, { shape }: Point): number {
  const count = activations.length / elementsOf(shape);
  if (Number.isInteger(count)) return count;
  throw new RangeError(`${activations.length} numbers of [${shape.join(', ')}]`);
}
