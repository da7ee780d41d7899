import type { BackboneInfo, ModelFile } from '../../core/backbone.ts';
import { hashOf } from '../../core/hash.ts';
import { failed, ok, type Result } from '../../core/problem.ts';

/** A weight as the manifest describes it. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How it is stored; `scale` and `min` not where that is float16. */
  readonly quantization?: {
    readonly dtype: string;
    readonly scale?: number;
    readonly min?: number;
  };
}

/** Weights that lie one after the other in the files of `paths`. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/** A model.json that has been looked through: hostile until here. */
export interface ModelJson {
  readonly kind: 'graph-model' | 'layers-model';
  readonly topology: Record<string, unknown>;
  readonly signature: Record<string, unknown> | null;
  readonly groups: readonly WeightGroup[];
}

/** A whole model in memory. */
export interface ModelParts {
  readonly json: ModelJson;
  /** model.json first, then the weight files in manifest order, under flat names. */
  readonly files: readonly ModelFile[];
}

const BYTES_OF: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['int32', 4],
  ['float16', 2],
  ['uint16', 2],
  ['uint8', 1],
  ['bool', 1],
]);

/** @param file the name to show in a problem. */
export function parseModelJson(file: string, bytes: Uint8Array): Result<ModelJson> {
  const invalid = (reason: string) => failed({ code: 'model-json-invalid', file, reason });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(json)) return invalid('not an object');
  const topology = json['modelTopology'];
  if (!isRecord(topology)) return invalid('no modelTopology');
  const isGraph = Array.isArray(topology['node']);
  if (!isGraph && !('model_config' in topology) && !('class_name' in topology)) {
    return invalid('neither a graph model nor a layers model');
  }
  const groups = parseManifest(json['weightsManifest']);
  if (groups === null) return invalid('no valid weightsManifest');
  const signature = isRecord(json['signature']) ? json['signature'] : null;
  return ok({ kind: isGraph ? 'graph-model' : 'layers-model', topology, signature, groups });
}

/** Bytes that a group's files must hold together. */
export function groupBytes({ weights }: WeightGroup): number {
  return weights.reduce((total, weight) => total + (weightBytes(weight) ?? 0), 0);
}

/** The last part of a manifest path: files are kept under flat names. */
export function flatName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether the weight files of a model in memory are as long as its manifest says. */
export function checkWeights({ json, files }: ModelParts): Result<null> {
  const byName = new Map(files.map((file) => [file.name, file.bytes.byteLength]));
  return checkWeightSizes(json, (name) => byName.get(name) ?? 0);
}

/**
 * Whether weight files are as long as the manifest says, before anything of that size is allocated.
 *
 * @param sizeOf bytes of a file, by its flat name.
 */
export function checkWeightSizes(
  { groups }: ModelJson,
  sizeOf: (name: string) => number,
): Result<null> {
  for (const group of groups) {
    const names = group.paths.map(flatName);
    const found = names.reduce((sum, name) => sum + sizeOf(name), 0);
    const expected = groupBytes(group);
    if (found !== expected) {
      return failed({
        code: 'model-weights-short',
        file: names.join(', '),
        expectedBytes: expected,
        foundBytes: found,
      });
    }
  }
  return ok(null);
}

function parseManifest(manifest: unknown): WeightGroup[] | null {
  if (!Array.isArray(manifest)) return null;
  const groups: WeightGroup[] = [];
  for (const group of manifest as unknown[]) {
    if (!isRecord(group)) return null;
    const { paths, weights } = group;
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) return null;
    if (!Array.isArray(weights) || !weights.every(isWeightSpec)) return null;
    groups.push({ paths, weights });
  }
  // A small file named a thousand times would stand for gigabytes.
  const names = groups.flatMap((group) => group.paths.map(flatName));
  return new Set(names).size === names.length ? groups : null;
}

function isWeightSpec(value: unknown): value is WeightSpec {
  if (!isRecord(value) || typeof value['name'] !== 'string') return false;
  const { shape } = value;
  if (!Array.isArray(shape)) return false;
  if (!shape.every((length) => Number.isSafeInteger(length) && Number(length) >= 0)) return false;
  if (!isQuantization(value['quantization'])) return false;
  return weightBytes(value as unknown as WeightSpec) !== null;
}

function isQuantization(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (!isRecord(value)) return false;
  return ['scale', 'min'].every((name) => ['number', 'undefined'].includes(typeof value[name]));
}

/** Null for a type whose length can't be known, such as strings. */
export function weightBytes({ shape, dtype, quantization }: WeightSpec): number | null {
  const bytes = BYTES_OF.get(quantization?.dtype ?? dtype);
  if (bytes === undefined) return null;
  return shape.reduce((product, length) => product * length, bytes);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** SHA-256 over the bytes of model.json followed by each weight file's in manifest order. */
export async function identifyModel({
  files,
}: Pick<ModelParts, 'files'>): Promise<Pick<BackboneInfo, 'sha256' | 'bytes'>> {
  const whole = new Blob(files.map((file) => file.bytes));
  return { sha256: await hashOf(await whole.arrayBuffer()), bytes: whole.size };
}

/** A model from files that a person chose: a model.json and the weight files that it names. */
export async function readModelFiles(chosen: readonly File[]): Promise<Result<ModelParts>> {
  const main = findModelJson(chosen);
  if (main === undefined) {
    const file = chosen[0]?.name ?? '';
    return failed({ code: 'model-json-invalid', file, reason: 'no model.json among the files' });
  }
  const bytes = new Uint8Array(await main.arrayBuffer());
  const json = parseModelJson(main.name, bytes);
  if (!json.ok) return json;
  const weights = await readWeights(main.name, json.value, chosen);
  if (!weights.ok) return weights;
  return ok({ json: json.value, files: [{ name: 'model.json', bytes }, ...weights.value] });
}

export function findModelJson(chosen: readonly File[]): File | undefined {
  return (
    chosen.find((file) => file.name === 'model.json') ??
    chosen.find((file) => file.name.toLowerCase().endsWith('.json'))
  );
}

/** Nothing is read before the files are known to be as long as the manifest says. */
async function readWeights(
  main: string,
  json: ModelJson,
  chosen: readonly File[],
): Promise<Result<ModelFile[]>> {
  const byName = new Map(chosen.map((file) => [file.name, file]));
  const names = [...new Set(json.groups.flatMap((group) => group.paths.map(flatName)))];
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0) return failed({ code: 'model-weights-missing', file: main, missing });
  const sizes = checkWeightSizes(json, (name) => byName.get(name)?.size ?? 0);
  if (!sizes.ok) return sizes;
  const files: ModelFile[] = [];
  for (const name of names) {
    const file = byName.get(name);
    if (file !== undefined) files.push({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return ok(files);
}
