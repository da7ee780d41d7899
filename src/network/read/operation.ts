import type { NetworkBuilder } from './builder.ts';
import type { Weight } from './weights.ts';

/** A layer or node as its importer reads it. */
export interface Operation {
  readonly name: string;
  /** Keras's class or TensorFlow's operation. */
  readonly type: string;
  /** Names of the operations whose outputs it takes; weights are no inputs. */
  readonly inputs: readonly string[];
  /** @throws NotTranslatable */
  readonly build: (building: Building) => void;
}

/** What an operation is built with. */
export interface Building {
  readonly network: NetworkBuilder;
  readonly inputSidePx: number;
  /** @throws NotTranslatable where it isn't there. */
  readonly weight: (name: string) => Weight;
}
