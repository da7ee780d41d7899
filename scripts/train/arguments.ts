import type { TerminalRequest } from '../../src/terminal-contract.ts';
import { findRuntime, RUNTIMES } from '../../src/core/runtime.ts';
import { parseArgs } from 'node:util';
import { OPTION_RANGES, type NumericOption } from '../../src/core/default-options.ts';
import type { SolverName } from '../../src/core/options.ts';

export const USAGE =
  'npm run train -- --data DIR [--test DIR] [--out DIR] [--report FILE] [--backbone ID] ' +
  '[--backend NAME] [--runtime NAME] [--solver exact|step] [--epochs N] [--learning-rate X] ' +
  '[--hidden N] [--seed N]';

/** What is asked of the page, and folders and files around it. */
export interface TrainArguments extends Omit<TerminalRequest, 'exportUrl'> {
  readonly data: string;
  readonly test: string | null;
  readonly out: string | null;
  readonly report: string | null;
}

/** An argument that can't be used, in one line. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments';
}

const SOLVERS: Readonly<Record<string, SolverName>> = { exact: 'exact', step: 'step-by-step' };
/** What only the solver that goes step by step knows. */
const STEP_FLAGS = ['epochs', 'learning-rate', 'hidden'] as const;
const BACKENDS = ['webgpu', 'webgl', 'wasm', 'cpu'];
/** As the folders below `models/` are called. */
const BACKBONE_ID = /^[\w.-]{1,100}$/u;

/** @throws WrongArguments */
export function parseTrainArguments(args: readonly string[]): TrainArguments {
  const values = parse(args);
  if (values.data === undefined) throw new WrongArguments(`--data is missing. ${USAGE}`);
  const { backend = null, runtime = null, backbone = null } = values;
  if (backend !== null && !BACKENDS.includes(backend)) {
    throw new WrongArguments(`--backend takes one of ${BACKENDS.join(', ')}, not "${backend}".`);
  }
  if (runtime !== null && findRuntime(runtime) === null) {
    throw new WrongArguments(`--runtime takes one of ${RUNTIMES.join(', ')}, not "${runtime}".`);
  }
  if (backbone !== null && !BACKBONE_ID.test(backbone)) {
    throw new WrongArguments(
      `--backbone takes an id such as mobilenet_v2_1.0_224, not "${backbone}".`,
    );
  }
  return {
    data: values.data,
    test: values.test ?? null,
    out: values.out ?? null,
    report: values.report ?? null,
    backbone,
    backend,
    runtime,
    solver: readSolver(values),
    epochs: readNumber('--epochs', values.epochs, 'epochs'),
    learningRate: readNumber('--learning-rate', values['learning-rate'], 'learningRate'),
    hidden: values.hidden === '0' ? 0 : readNumber('--hidden', values.hidden, 'hiddenUnits'),
    seed: readNumber('--seed', values.seed, 'seed'),
  };
}

const option = { type: 'string' } as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: option,
        test: option,
        out: option,
        report: option,
        backbone: option,
        backend: option,
        runtime: option,
        solver: option,
        epochs: option,
        'learning-rate': option,
        hidden: option,
        seed: option,
      },
    }).values;
  } catch (error) {
    // Node's message can have more than one sentence; the first says it.
    const message = error instanceof Error ? error.message : String(error);
    throw new WrongArguments(`${message.split(/\.\s|\n/u)[0] ?? message}. ${USAGE}`);
  }
}

function readSolver(values: ReturnType<typeof parse>): SolverName | null {
  const { solver } = values;
  // A head without hidden layers is what the exact solver fits.
  const implies = (flag: (typeof STEP_FLAGS)[number]) =>
    values[flag] !== undefined && !(flag === 'hidden' && values.hidden === '0');
  const implying = STEP_FLAGS.find(implies);
  if (solver === undefined) return implying === undefined ? null : 'step-by-step';
  if (!Object.hasOwn(SOLVERS, solver))
    throw new WrongArguments(`--solver takes exact or step, not "${solver}".`);
  const asked = SOLVERS[solver] ?? null;
  if (asked === 'exact' && implying !== undefined) {
    throw new WrongArguments(`--${implying} is only for --solver step, not for exact.`);
  }
  return asked;
}

function readNumber(flag: string, text: string | undefined, name: NumericOption): number | null {
  if (text === undefined) return null;
  const { min, max, integer } = OPTION_RANGES[name];
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? 'a whole number' : 'a number';
  throw new WrongArguments(`${flag} takes ${kind} from ${min} to ${max}, not "${text}".`);
}
