import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findBackbone, parseBackboneId } from '../src/core/backbone-catalogue.ts';

/** One line of `models/index.json`: a backbone that lies on the app's own origin. */
export interface ModelEntry {
  readonly id: string;
  readonly family: string;
  readonly alpha: number | null;
  readonly inputSidePx: number | null;
  /** Null where it can't be known: the app asks. */
  readonly inputRange: readonly [number, number] | null;
  readonly bytes: number;
  /** Over model.json's bytes followed by each weight file's in manifest order. */
  readonly sha256: string;
  /** model.json first. */
  readonly files: readonly string[];
}

interface ModelJson {
  readonly modelTopology?: unknown;
  readonly weightsManifest?: readonly { readonly paths?: readonly unknown[] }[];
}

/** @returns the entries of all subfolders of `folder` that hold a usable model, by id. */
export function indexModels(folder: string): ModelEntry[] {
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'model.json')))
    .sort()
    .map((id) => indexModel(join(folder, id), id));
}

/** @throws Error naming the file where model.json is unreadable or a weight file is missing. */
export function indexModel(folder: string, id: string): ModelEntry {
  const path = join(folder, 'model.json');
  const json = readFileSync(path);
  const files = ['model.json', ...weightFiles(json, path)];
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of files) {
    const content = readFileSync(join(folder, file));
    hash.update(content);
    bytes += content.length;
  }
  const parsed = parseBackboneId(id);
  return {
    id,
    family: parsed === null ? 'other' : `mobilenet_v${parsed.version}`,
    alpha: parsed?.alpha ?? null,
    inputSidePx: parsed?.inputSidePx ?? null,
    inputRange: findBackbone(id)?.ownRange ?? inputRange(json.toString('utf8'), parsed !== null),
    bytes,
    sha256: hash.digest('hex'),
    files,
  };
}

/** TF Hub's modules scale by themselves, in nodes of this name, and want 0 to 1. */
function inputRange(json: string, knownFamily: boolean): readonly [number, number] | null {
  if (json.includes('hub_input/')) return [0, 1];
  return knownFamily ? [-1, 1] : null;
}

/** The plain file names that a model.json lists as its weights. */
export function weightFiles(json: Buffer, path: string): string[] {
  const model = JSON.parse(json.toString('utf8')) as ModelJson;
  const names = (model.weightsManifest ?? []).flatMap((group) => group.paths ?? []);
  return names.map((name) => {
    if (
      typeof name !== 'string' ||
      name.includes('/') ||
      name.includes('\\') ||
      name.startsWith('.')
    ) {
      throw new Error(`${path} names a weight file that is no plain file name: ${String(name)}`);
    }
    return name;
  });
}

/** Whether `folder/id/file` is a plain file of a model there. */
export function isModelFile(folder: string, id: string, file: string): boolean {
  const plain = (name: string) => /^[\w.-]+$/.test(name) && !name.startsWith('.');
  const path = join(folder, id, file);
  return (
    plain(id) &&
    plain(file) &&
    existsSync(join(folder, id, 'model.json')) &&
    existsSync(path) &&
    statSync(path).isFile()
  );
}
