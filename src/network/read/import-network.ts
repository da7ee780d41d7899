import { failed, ok, type Result } from '../../core/problem.ts';
import { NetworkBuilder } from './builder.ts';
import { NotTranslatable } from './step-list.ts';
import { graphOperations } from './import-graph.ts';
import { layerOperations } from './import-layers.ts';
import type { ModelParts } from './model-parts.ts';
import type { Network } from '../network.ts';
import type { Building, Operation } from './operation.ts';
import { openWeights } from './weights.ts';

export interface ImportRequest {
  /** The network's square input. */
  readonly inputSidePx: number;
  /** The layer or node whose output is the network's; null for the model's own. */
  readonly output: string | null;
}

/** A weight that two operations take is read twice; a model that goes on so would be read for ever. */
const MAX_READINGS = 16;
/** Axes and paddings are taken by many, and small. */
const FREE_BYTES = 2 ** 20;

/**
 * Reads a TF.js model, a graph or layers one, as a network: what its output
 * needs and nothing else.
 *
 * @returns a problem that names the first layer or node that has no equal.
 */
export function importNetwork(parts: ModelParts, request: ImportRequest): Result<Network> {
  const read = parts.json.kind === 'graph-model' ? graphOperations : layerOperations;
  const { operations, output } = read(parts.json);
  const last = request.output ?? output;
  const wanted = last === null ? null : neededFor(last, operations);
  if (last === null || wanted === null) {
    return failed({
      code: 'model-not-translatable',
      layer: last ?? '',
      operation: '',
      reason: 'no single output',
    });
  }
  // Their weights couldn't be told apart.
  const twin = findTwin(operations);
  if (twin !== null) {
    return failed({
      code: 'model-not-translatable',
      layer: twin.name,
      operation: twin.type,
      reason: 'there are two of that name',
    });
  }
  return build(wanted, last, request.inputSidePx, weightReader(parts));
}

function findTwin(operations: readonly Operation[]): Operation | null {
  const seen = new Set<string>();
  for (const operation of operations) {
    if (seen.has(operation.name)) return operation;
    seen.add(operation.name);
  }
  return null;
}

function build(
  operations: readonly Operation[],
  output: string,
  inputSidePx: number,
  weight: Building['weight'],
): Result<Network> {
  const uses = new Map<string, number>();
  for (const name of operations.flatMap(({ inputs }) => inputs)) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const network = new NetworkBuilder(uses);
  let at: Operation | undefined;
  try {
    for (at of operations) at.build({ network, inputSidePx, weight });
    return ok(network.finish(output));
  } catch (error) {
    if (!(error instanceof NotTranslatable)) throw error;
    const { name = output, type = '' } = at ?? {};
    return failed({
      code: 'model-not-translatable',
      layer: name,
      operation: type,
      reason: error.message,
    });
  }
}

/** Each reading is a copy. */
function weightReader(parts: ModelParts): Building['weight'] {
  const weights = openWeights(parts);
  const bytes = parts.files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  let left = MAX_READINGS * bytes + FREE_BYTES;
  return (name) => {
    if (left < 0) throw new NotTranslatable('weights that are used over and over');
    const found = weights.get(name);
    if (found === null) throw new NotTranslatable(`no weight ${name}`);
    left -= found.values.byteLength;
    return found;
  };
}

/**
 * What an output needs, inputs before what they feed. Null where that goes
 * round in a circle, or leads to something that isn't there.
 */
function neededFor(output: string, operations: readonly Operation[]): Operation[] | null {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const first = byName.get(output);
  if (first === undefined) return null;
  const ordered: Operation[] = [];
  const state = new Map<string, 'open' | 'done'>([[output, 'open']]);
  // A stack of its own: a chain of thousands of nodes would overflow the call stack.
  const stack = [{ operation: first, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const input = top.operation.inputs[top.next++];
    if (input === undefined) {
      state.set(top.operation.name, 'done');
      ordered.push(top.operation);
      stack.pop();
      continue;
    }
    const operation = byName.get(input);
    if (operation === undefined || state.get(input) === 'open') return null;
    if (state.has(input)) continue;
    state.set(input, 'open');
    stack.push({ operation, next: 0 });
  }
  return ordered;
}
