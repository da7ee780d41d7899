import { at } from '../../core/at.ts';
import {
  elementsOf,
  type AffineStep,
  type Network,
  type Shape,
  type Step,
  type WeightedStep,
} from '../network.ts';

/** What can't be said in a network's steps. Stays inside of the importers. */
export class NotTranslatable extends Error {
  override readonly name = 'NotTranslatable';
}

/** A billion bytes as floats, for one picture: nothing real comes near. */
const MAX_ELEMENTS = 2 ** 28;
/** Shapes are looked at step by step: one of a million sides would be, too. */
const MAX_SIDES = 8;

export type Open<T> = { -readonly [Key in keyof T]: T[Key] };
type WithoutName<T> = T extends unknown ? Omit<T, 'name'> : never;
type FoldingStep = WeightedStep | AffineStep | Extract<Step, { kind: 'add' }>;

/** The steps so far, and which of them makes the output of each name. */
export class StepList {
  readonly #steps: Open<Step>[] = [];
  readonly #values = new Map<string, number>();
  /** Names of outputs that one thing alone looks at. */
  readonly #unshared = new Set<string>();
  readonly #uses: ReadonlyMap<string, number>;

  /** @param uses how often each name is looked at. */
  constructor(uses: ReadonlyMap<string, number>) {
    this.#uses = uses;
  }

  get length(): number {
    return this.#steps.length;
  }

  /** @throws NotTranslatable where nothing of that name has been added. */
  indexOf(name: string): number {
    const index = this.#values.get(name);
    if (index === undefined) throw new NotTranslatable('an unknown input');
    return index;
  }

  shapeOf(name: string): Shape {
    return this.#step(name).shape;
  }

  /** @throws NotTranslatable where its output is too large to be meant, or nothing. */
  append(name: string, step: WithoutName<Step>): void {
    if (step.shape.length > MAX_SIDES)
      throw new NotTranslatable(`an output of ${String(step.shape.length)} sides`);
    const elements = elementsOf(step.shape);
    if (!(elements > 0 && elements <= MAX_ELEMENTS)) {
      throw new NotTranslatable(`an output of [${step.shape.join(', ')}]`);
    }
    const index = this.#steps.push({ ...step, name }) - 1;
    this.#values.set(name, index);
    if (this.#uses.get(name) === 1) this.#unshared.add(name);
  }

  /** Another name for the same output. */
  alias(name: string, source: string): void {
    this.#values.set(name, this.indexOf(source));
    if (this.#unshared.has(source) && this.#uses.get(name) === 1) this.#unshared.add(name);
  }

  /** The step that makes an output, where it can still take something in that follows it. */
  openStep(source: string): Open<FoldingStep> | null {
    const step = this.#step(source);
    if (!this.#unshared.has(source) || !canFold(step)) return null;
    return step.activation === 'none' ? step : null;
  }

  /** @throws NotTranslatable where that output isn't the last step's. */
  finish(output: string): Network {
    if (this.indexOf(output) !== this.#steps.length - 1) {
      throw new NotTranslatable('steps after the output');
    }
    return { steps: this.#steps };
  }

  #step(name: string): Open<Step> {
    return at(this.#steps, this.indexOf(name));
  }
}

function canFold(step: Open<Step>): step is Open<FoldingStep> {
  return 'activation' in step;
}
