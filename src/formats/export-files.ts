import { ShapeError } from './field.ts';

/** Of a model.json or metadata.json: larger ones are no model's. */
export const MAX_JSON_BYTES = 64 * 2 ** 20;

/** The files of an export by their names in it, such as `backbone/model.json`. */
export type ExportFiles = ReadonlyMap<string, File>;

/** @throws ShapeError where it is missing or too large. */
export async function readText(files: ExportFiles, name: string): Promise<string> {
  const file = findFile(files, name);
  if (file.size > MAX_JSON_BYTES) throw new ShapeError(name, 'it is too large');
  return await file.text();
}

/** @throws ShapeError where there is none of that name. */
export function findFile(files: ExportFiles, name: string): File {
  const file = files.get(name);
  if (file === undefined) throw new ShapeError(name, 'it is missing');
  return file;
}
