import { join } from 'node:path';
import { build } from 'vite';
import { servePlainly, type PlainServer } from '../e2e/fixtures/static-server.ts';

const project = join(import.meta.dirname, '..');
const packages = join(project, 'node_modules');
const PAGES = ['engine', 'plain-tfjs', 'onnxruntime', 'litert', 'teachable-machine'] as const;

export type PageName = (typeof PAGES)[number];

/** Competitors' files as they were published, served to their pages untouched. */
const PUBLISHED = {
  'vendor/tfjs/': join(packages, '@tensorflow/tfjs/dist'),
  'vendor/tfjs-wasm/': join(packages, '@tensorflow/tfjs-backend-wasm/dist'),
  'vendor/mobilenet/': join(packages, '@tensorflow-models/mobilenet/dist'),
  'vendor/onnxruntime/': join(packages, 'onnxruntime-web/dist'),
  'vendor/litert/': join(packages, '@litertjs/core/wasm'),
  'vendor/tfjs-1/': join(packages, 'tfjs-1/dist'),
  'vendor/teachable-machine/': join(packages, '@teachablemachine/image/dist'),
};

/** The app's headers: precise clocks and, for who uses them, threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves the benchmark's pages, built as the app is built, minified and all. */
export async function serveBenchPages(models: string, tasks: string): Promise<PlainServer> {
  const root = join(import.meta.dirname, 'page');
  const outDir = join(project, '.cache', 'bench');
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir,
      emptyOutDir: true,
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { input: PAGES.map((page) => join(root, `${page}.html`)) },
    },
  });
  return servePlainly(outDir, {
    inside: { ...PUBLISHED, 'models/': models, 'tasks/': tasks },
    headers: ISOLATION,
  });
}
