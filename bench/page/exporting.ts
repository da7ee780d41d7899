import type { BackboneInfo } from '../../src/core/backbone.ts';
import type { Engine, ExportRequest } from '../../src/engine/contract.ts';
import { createExportEngine } from '../../src/engine/exporting/client.ts';
import { exampleHead, exampleSource } from '../../src/formats/testing/example-classifier.ts';
import { chosenFiles } from './task.ts';
import type { Written } from './contract.ts';

const CLASSES = 6;

/**
 * Writes the backbone with a drawn head, in a worker of its own as the app does.
 *
 * @param template of a page that is all of an export.
 */
export async function timeExport(
  engine: Pick<Engine, 'backboneFiles'>,
  backbone: BackboneInfo,
  request: ExportRequest,
  calibrating: number,
  template: string,
): Promise<Written> {
  const head = exampleHead(backbone.embeddingLength, [CLASSES]);
  const classes = head.classIds.map((id, index) => ({ id, label: `class ${String(index)}` }));
  const backboneFiles = await engine.backboneFiles();
  const source = exampleSource({ head, classes, backbone, backboneFiles, validation: null });
  const pictures = chosenFiles(calibrating);
  const exports = createExportEngine(() => Promise.resolve(template));
  const startedAt = performance.now();
  const written = await exports.write(source, request, pictures);
  const seconds = (performance.now() - startedAt) / 1000;
  if (!written.ok) throw new Error(written.problem.code);
  return { seconds, bytes: written.value.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}
