import { parseModelJson, type ModelParts } from '../../network/read/model-parts.ts';
import type { GeneratedFile } from './model-writer.ts';

/** A generated model as the engine holds one in memory. */
export function partsOf(files: readonly GeneratedFile[]): ModelParts {
  const [main] = files;
  if (main === undefined) throw new RangeError('no files');
  const json = parseModelJson(main.name, main.bytes);
  if (!json.ok) throw new Error(JSON.stringify(json.problem));
  return { json: json.value, files };
}

/** The same as a person would choose it. */
export function asFiles(files: readonly GeneratedFile[]): File[] {
  return files.map(({ name, bytes }) => new File([bytes], name));
}
