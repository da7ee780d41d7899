/** Written files in the hands of Python's own libraries. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { compareAnswers } from '../../src/core/agreement.ts';
import { readWalk } from '../../src/formats/keras/testing/walk.ts';
import type { Written } from './write-files.ts';

export interface Finding {
  readonly classifier: string;
  readonly file: string;
  readonly outcome: 'agrees' | 'DISAGREES' | 'skipped';
  /** What was compared, or why not. */
  readonly words: string;
  /** The largest, where numbers were compared. */
  readonly difference: number | null;
}

const PYTHON = '/usr/bin/python3';
const FORMATS = join(import.meta.dirname, '../../src/formats');
/** Of a probability, float32: sums in another order. */
const MAX_DIFFERENCE = 1e-4;

interface Check {
  readonly file: string;
  /** Without them it is skipped. */
  readonly packages: readonly string[];
  readonly run: (written: readonly Written[]) => Promise<readonly Judged[]>;
}
type Judged = Pick<Finding, 'words' | 'difference'> & { readonly agrees: boolean };

const CHECKS: readonly Check[] = [
  { file: 'model.h5, model.keras', packages: ['h5py', 'numpy'], run: checkKeras },
  { file: 'model.onnx', packages: ['onnx'], run: checkOnnx },
  { file: 'model.py, .safetensors', packages: ['torch', 'numpy', 'PIL'], run: checkPytorch },
  { file: 'embeddings.npy, samples.csv', packages: ['numpy'], run: checkEmbeddings },
];

/** @returns a finding of each check for each classifier. */
export async function readBack(written: readonly Written[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { file, packages, run } of CHECKS) {
    const missing = await missingOf(packages);
    const skipped = { outcome: 'skipped', words: `no ${missing.join(', ')} package` } as const;
    const judged = missing.length > 0 ? null : await run(written).catch(blameAll(written));
    for (const [index, { title: classifier }] of written.entries()) {
      const one = judged?.[index];
      if (one === undefined) findings.push({ classifier, file, ...skipped, difference: null });
      else {
        const { agrees, ...others } = one;
        findings.push({ classifier, file, outcome: agrees ? 'agrees' : 'DISAGREES', ...others });
      }
    }
  }
  return findings;
}

/** A reader that breaks down has found a fault too. */
function blameAll(written: readonly Written[]) {
  return (error: unknown): readonly Judged[] => {
    const lines = String(error).trim().split('\n');
    return written.map(() => ({ agrees: false, words: lines.at(-1) ?? '', difference: null }));
  };
}

/** What reads the files, with its version. */
export async function describeReaders(): Promise<string> {
  const python = await versionOf('Python', 'import platform; print(platform.python_version())');
  const packages = ['numpy', 'h5py', 'onnx', 'torch', 'PIL'].map((name) =>
    versionOf(name, `import ${name}; print(${name}.__version__)`),
  );
  return [python, ...(await Promise.all(packages))].join(', ');
}

async function versionOf(name: string, script: string): Promise<string> {
  const printed = await runPython('-c', script).catch(() => null);
  return printed === null ? `no ${name}` : `${name} ${printed.trim()}`;
}

async function missingOf(packages: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of packages)
    await runPython('-c', `import ${name}`).catch(() => missing.push(name));
  return missing;
}

/** @returns what it prints. @throws with its own message where it fails. */
async function runPython(...given: readonly string[]): Promise<string> {
  return (await promisify(execFile)(PYTHON, given, { maxBuffer: 2 ** 28 })).stdout;
}

async function checkKeras(written: readonly Written[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const { folder, walk } of written) {
    const paths = ['model.h5', 'model.keras'].map((name) => join(folder, name));
    const found = readWalk(await runPython(join(FORMATS, 'keras/testing/walk.py'), ...paths));
    const arrays = walk.old.reduce((sum, [, weights]) => sum + weights.length, 0);
    const words = `${String(arrays)} arrays by name, shape and SHA-256, in both files`;
    judged.push({ agrees: isDeepStrictEqual(found, walk), words, difference: null });
  }
  return judged;
}

interface OnnxAnswer {
  readonly problem: string | null;
  readonly opset: number;
  readonly nodes: number;
  /** Of the output without its batch: as the file says, as is inferred. */
  readonly shapes: readonly (readonly number[])[];
}

async function checkOnnx(written: readonly Written[]): Promise<readonly Judged[]> {
  const folders = written.map(({ folder }) => folder);
  const printed = await runPython(join(import.meta.dirname, 'check_onnx.py'), ...folders);
  const { answers } = JSON.parse(printed) as { readonly answers: readonly OnnxAnswer[] };
  return answers.map(({ problem, opset, nodes, shapes }, index) => {
    const fits = shapes.every((shape) => isDeepStrictEqual(shape, [written[index]?.classes]));
    const words = `check_model and inferred shapes: opset ${String(opset)}, ${String(nodes)} nodes`;
    return { agrees: problem === null && fits, words: problem ?? words, difference: null };
  });
}

async function checkPytorch(written: readonly Written[]): Promise<readonly Judged[]> {
  const folders = written.map(({ folder }) => folder);
  await runPython(join(FORMATS, 'pytorch/testing/compute.py'), ...folders);
  return written.map(({ folder, classes, probabilities }) => {
    const bytes = Uint8Array.from(readFileSync(join(folder, 'answer')));
    const found = new Float32Array(bytes.buffer);
    const wanted = Float32Array.from(probabilities);
    const { pictures, same, largestDifference } = compareAnswers(wanted, found, classes);
    const words = `${String(same)} of ${String(pictures)} pictures answered the same`;
    const agrees = same === pictures && largestDifference <= MAX_DIFFERENCE;
    return { agrees, words, difference: largestDifference };
  });
}

async function checkEmbeddings(written: readonly Written[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const { folder, embeddings, samples } of written) {
    const paths = ['embeddings.npy', 'samples.csv'].map((name) => join(folder, name));
    const printed = await runPython(join(FORMATS, 'testing/read-embeddings.py'), ...paths);
    const agrees = isDeepStrictEqual(JSON.parse(printed), [embeddings, 'float32', samples]);
    const shape = `[${String(embeddings.length)}, ${String(embeddings[0]?.length ?? 0)}]`;
    judged.push({ agrees, words: `float32 ${shape}, labels and names`, difference: null });
  }
  return judged;
}
