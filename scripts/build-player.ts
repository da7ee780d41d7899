/**
 * Builds `src/player`, the page that an export carries, into `dist/player/`,
 * where the app fetches it when somebody exports. Run on its own with
 * `npx tsx scripts/build-player.ts`.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const project = join(import.meta.dirname, '..');
const target = join(project, 'dist', 'player');
/** Beside index.html in the export, all else goes into this folder. */
const ASSETS = 'player';
const LIST = 'index.json';

/** A file of the player, as `dist/player/index.json` lists it. */
interface PlayerFile {
  /** With its folder: `player/main-1234.js`. */
  readonly name: string;
  readonly bytes: number;
}

export async function buildPlayer(): Promise<void> {
  await build({
    configFile: false,
    root: join(project, 'src', 'player'),
    // Relative addresses: the export works from any folder of any static host.
    base: './',
    publicDir: 'public',
    logLevel: 'warn',
    plugins: [svelte({ configFile: join(project, 'svelte.config.js') })],
    worker: { format: 'es', rolldownOptions: { output: named() } },
    build: {
      target: 'es2022',
      outDir: target,
      emptyOutDir: true,
      assetsDir: ASSETS,
      // Preloading is done by a helper that fetches; nothing here is large enough to gain by it.
      modulePreload: false,
      rolldownOptions: { output: named() },
      chunkSizeWarningLimit: 1500,
    },
  });
  await buildSingle();
  const files = listFiles(target).filter((file) => file.name !== LIST);
  writeFileSync(join(target, LIST), `${JSON.stringify(files, null, 2)}\n`);
}

/** One page with its script and style in it, into `dist/page.html`. */
async function buildSingle(): Promise<void> {
  const root = join(project, 'src', 'player');
  const built = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: join(project, 'svelte.config.js') })],
    build: {
      target: 'es2022',
      write: false,
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: { input: join(root, 'single.ts'), output: { format: 'iife' } },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const script = outputs.map((one) => (one.type === 'chunk' ? one.code : '')).join('');
  const style = outputs
    .map((one) => (one.type === 'asset' && one.fileName.endsWith('.css') ? String(one.source) : ''))
    .join('');
  const page = readFileSync(join(root, 'single.html'), 'utf8')
    .replace('/* style */', () => style)
    // Text that would end the element; in a script it can only stand in strings.
    .replace('/* script */', () => script.replaceAll('</script', '<\\/script'));
  writeFileSync(join(project, 'dist', 'page.html'), page);
}

/** Hashes stay in the names: an export may be put over an older one on the same host. */
function named() {
  return {
    entryFileNames: `${ASSETS}/[name]-[hash].js`,
    chunkFileNames: `${ASSETS}/[name]-[hash].js`,
    assetFileNames: `${ASSETS}/[name]-[hash][extname]`,
  };
}

function listFiles(folder: string): PlayerFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: relative(target, path).split(sep).join('/'), bytes: statSync(path).size };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

if (process.argv[1] === import.meta.filename) await buildPlayer();
