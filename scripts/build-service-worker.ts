/**
 * Builds `src/offline/service-worker.ts` into `dist/`, with the list of all
 * files there written in. Comes last: what is built after it would not be kept.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'vite';
import { BUILT_IN } from '../src/core/backbone-catalogue.ts';
import { NOTICES_FILE } from './build-notices.ts';
import { SERVICE_WORKER_FILE } from '../src/offline/service-worker-file.ts';

const project = join(import.meta.dirname, '..');
const target = join(project, 'dist');
/** Backbones are kept once they are used, the built-in one from the start; the licences are not for visits. */
const LEFT_OUT = new RegExp(
  String.raw`^(?:models/(?!${BUILT_IN.id}/)|${NOTICES_FILE})|\.(?:map|md)$`,
);
/**
 * Megabytes each, and only one format needs each, to be written or to be checked: kept once they are
 * used.
 */
const LARGE = /^assets\/(?:(?:litert_wasm|ort-wasm).*\.wasm|hdf5_hl-.*\.js)$/;

export async function buildServiceWorker(): Promise<void> {
  const files = listFiles();
  const isLarge = ({ url }: AppFile) => LARGE.test(url);
  await build({
    configFile: false,
    root: project,
    publicDir: false,
    logLevel: 'warn',
    define: {
      APP_FILES: JSON.stringify(files.filter((file) => !isLarge(file))),
      LARGE_FILES: JSON.stringify(files.filter(isLarge).map(({ url }) => url)),
      'process.env.NODE_ENV': '"production"',
    },
    build: {
      target: 'es2022',
      outDir: target,
      emptyOutDir: false,
      rolldownOptions: {
        input: join(project, 'src', 'offline', 'service-worker.ts'),
        output: { format: 'iife', entryFileNames: SERVICE_WORKER_FILE },
      },
    },
  });
}

/** In the form that workbox-precaching takes. */
interface AppFile {
  readonly url: string;
  readonly revision: string;
}

function listFiles(): AppFile[] {
  return readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, url: relative(target, path).split(sep).join('/') }))
    .filter(({ url }) => url !== SERVICE_WORKER_FILE && !LEFT_OUT.test(url))
    .map(({ path, url }) => ({
      url,
      revision: createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
    }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}

if (process.argv[1] === import.meta.filename) await buildServiceWorker();
