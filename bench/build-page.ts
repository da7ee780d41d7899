import { join } from 'node:path';
import { build } from 'vite';

const project = join(import.meta.dirname, '..');

/** Builds the benchmark's page as the app is built, minified and all. @returns its folder. */
export async function buildBenchPage(): Promise<string> {
  const outDir = join(project, '.cache', 'bench');
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'page'),
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir, emptyOutDir: true, chunkSizeWarningLimit: 1500 },
  });
  return outDir;
}
