import { failed, ok, type Result } from '../core/problem.ts';
import type { ImportedClassifier } from './contract.ts';
import { findFile, readText, type ExportFiles, ShapeError } from './field.ts';
import { BACKBONE_FOLDER, METADATA_FILE, type ClassifierMetadata } from './metadata.ts';
import { parseMetadata } from './parse-metadata.ts';
import { planHead, readHead, type HeadPlan } from './read-tfjs-layers.ts';
import { HEAD_FILE } from './tfjs-layers.ts';

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
      backboneFiles: metadata.backbone.files.map((name) => findFile(files, BACKBONE_FOLDER + name)),
      backboneSha256: metadata.backbone.sha256,
      inputRange: metadata.backbone.inputRange,
      crop: metadata.preprocessing.crop,
      validation: metadata.validation,
      test: metadata.test,
      fittedAtMillis: Date.parse(metadata.createdAt),
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
  const parts = plan.weightFiles.map((name) => findFile(files, name));
  const found = parts.reduce((sum, { size }) => sum + size, 0);
  if (found !== plan.weightBytes) {
    throw new ShapeError(
      plan.weightFiles.join(', '),
      `it should hold ${String(plan.weightBytes)} bytes and holds ${String(found)}`,
    );
  }
  return await new Blob(parts).arrayBuffer();
}
