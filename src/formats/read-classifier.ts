import { failed, ok } from '../core/problem.ts';
import type { Result } from '../core/problem.ts';
import type { ImportedClassifier } from './contract.ts';
import { ShapeError } from './field.ts';
import { BACKBONE_FOLDER, METADATA_FILE } from './metadata.ts';
import type { ClassifierMetadata } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import { planHead, readHead } from './read-tfjs-layers.ts';
import type { HeadPlan } from './read-tfjs-layers.ts';
import { HEAD_FILE } from './tfjs-layers.ts';

/** Of a model.json or metadata.json: larger ones are not ours. */
export const MAX_JSON_BYTES = 64 * 2 ** 20;

/** The files of an export by their names in it, such as `backbone/model.json`. */
export type ExportFiles = ReadonlyMap<string, File>;

/**
 * Reads an export back. Every size and shape is checked before memory is taken
 * for it; names only ever look up files that were given.
 *
 * @returns `classifier-invalid` with the reason, where it is not whole.
 */
export async function readClassifier(files: ExportFiles): Promise<Result<ImportedClassifier>> {
  try {
    const metadata = parseMetadata(await readText(files, METADATA_FILE));
    const plan = planHead(await readText(files, HEAD_FILE));
    checkAgreement(metadata, plan);
    const stack = readHead(plan, await readWeights(files, plan));
    return ok({
      head: { ...stack, classIds: metadata.classIds },
      classes: metadata.classIds.map((id, index) => ({ id, label: metadata.labels[index] ?? '' })),
      backboneFiles: metadata.backbone.files.map((name) => find(files, BACKBONE_FOLDER + name)),
      backboneId: metadata.backbone.id,
      backboneSha256: metadata.backbone.sha256,
      inputRange: metadata.backbone.inputRange,
      crop: metadata.preprocessing.crop,
      validation: metadata.validation,
      test: metadata.test,
      createdAtMillis: Date.parse(metadata.createdAt),
    });
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return failed({ code: 'classifier-invalid', file: error.file, reason: error.message });
  }
}

/** The two models and the labels must be of one piece. */
function checkAgreement({ backbone, labels }: ClassifierMetadata, plan: HeadPlan): void {
  const outputs = plan.layers.at(-1)?.units ?? 0;
  if (outputs !== labels.length) {
    throw new ShapeError(
      HEAD_FILE,
      `it has ${String(outputs)} outputs for ${String(labels.length)} labels`,
    );
  }
  if (plan.embeddingLength !== backbone.embeddingLength) {
    throw new ShapeError(
      HEAD_FILE,
      `it takes ${String(plan.embeddingLength)} values where the backbone gives ${String(backbone.embeddingLength)}`,
    );
  }
}

async function readWeights(files: ExportFiles, plan: HeadPlan): Promise<ArrayBuffer> {
  const parts = plan.weightFiles.map((name) => find(files, name));
  const found = parts.reduce((sum, { size }) => sum + size, 0);
  if (found !== plan.weightBytes) {
    throw new ShapeError(
      plan.weightFiles.join(', '),
      `it should hold ${String(plan.weightBytes)} bytes and holds ${String(found)}`,
    );
  }
  return await new Blob(parts).arrayBuffer();
}

async function readText(files: ExportFiles, name: string): Promise<string> {
  const file = find(files, name);
  if (file.size > MAX_JSON_BYTES) throw new ShapeError(name, 'it is too large');
  return await file.text();
}

function find(files: ExportFiles, name: string): File {
  const file = files.get(name);
  if (file === undefined) throw new ShapeError(name, 'it is missing');
  return file;
}
