import {
  BlobReader,
  BlobWriter,
  configure,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import type { ModelFile } from '../core/backbone.ts';
import { extensionOf } from './entry-path.ts';

/** Text and WebAssembly shrink to a third; weights are noise and would only cost time. */
const WORTH_DEFLATING: ReadonlySet<string> = new Set([
  'css',
  'html',
  'js',
  'json',
  'mjs',
  'svg',
  'txt',
  'wasm',
]);

/** Packs files into an archive, with the browser's own deflate and without workers. */
export async function writeZip(files: readonly ModelFile[]): Promise<Blob> {
  configure({ useWebWorkers: false, useCompressionStream: true });
  const writer = new ZipWriter(new BlobWriter('application/zip'));
  for (const { name, bytes } of files) {
    // Read as a blob and not as an array: each chunk is then a task of its own.
    await writer.add(name, new BlobReader(new Blob([bytes])), {
      ...(WORTH_DEFLATING.has(extensionOf(name)) ? {} : { level: 0 }),
    });
  }
  return await writer.close();
}
