import type { ModelFile } from '../../core/backbone.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import {
  checkWeightSizes,
  flatName,
  parseModelJson,
  type ModelJson,
  type ModelParts,
} from './model-parts.ts';

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

function findModelJson(chosen: readonly File[]): File | undefined {
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
