import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tinyLayersModel } from '../src/engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../src/engine/testing/tiny-mobilenet.ts';

/** Where HEADSTART_MODELS names no folder: tiny networks under the two names that are measured. */
export function generatedModels(scratch: string): string {
  const folder = join(scratch, 'models');
  const models = {
    'mobilenet_v2_1.0_224': tinyMobilenet(),
    'mobilenet_v2_0.35_224_no_top': tinyLayersModel({ sidePx: 224 }),
  };
  for (const [id, files] of Object.entries(models)) {
    mkdirSync(join(folder, id), { recursive: true });
    for (const { name, bytes } of files) writeFileSync(join(folder, id, name), bytes);
  }
  return folder;
}
