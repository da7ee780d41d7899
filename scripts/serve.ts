import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, preview, type PluginOption } from 'vite';
import { buildNotices } from './build-notices.ts';
import { buildPlayer } from './build-player.ts';
import { buildServiceWorker } from './build-service-worker.ts';

const root = join(import.meta.dirname, '..');
const sources = ['src', 'static', 'index.html', 'vite.config.ts', 'package-lock.json'];
const dist = join(root, 'dist');
const terminal = join(root, '.cache', 'terminal');
const TERMINAL_PAGE = 'terminal.html';

/** Builds the app and the page that its exports carry. */
export async function buildApp(): Promise<void> {
  await build({ root, logLevel: 'warn' });
  await buildPlayer();
  buildNotices();
  await buildServiceWorker();
}

/** Builds the site of `npm run train` from the same sources, apart from what people host. */
async function buildTerminal(): Promise<void> {
  const rolldownOptions = { input: TERMINAL_PAGE };
  await build({
    root,
    logLevel: 'warn',
    build: { outDir: terminal, emptyOutDir: true, rolldownOptions },
  });
  // What exports are made of.
  for (const name of ['player', 'page.html'])
    cpSync(join(dist, name), join(terminal, name), { recursive: true });
}

/** @returns whether a source is newer than a file of the last build. */
function isBuildDue(built: string, ...more: readonly string[]): boolean {
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return [...sources, ...more].some((source) => newest(join(root, source)) > builtAt);
}

/** Serves what is built on loopback; a port that is taken gives the next free one. */
export async function serveBuilt(options: {
  port: number;
  build: boolean;
  /** The site of `npm run train` in place of the app. */
  terminal?: boolean;
  plugins?: PluginOption[];
}): Promise<{ url: string; close: () => Promise<void> }> {
  if (options.build && isBuildDue(join(dist, 'player', 'index.json'))) {
    console.error('Building the app …');
    await buildApp();
  }
  if (options.terminal === true && isBuildDue(join(terminal, TERMINAL_PAGE), TERMINAL_PAGE)) {
    console.error('Building the page for the terminal …');
    await buildTerminal();
  }
  const server = await preview({
    root,
    logLevel: 'error',
    plugins: options.plugins ?? [],
    build: { outDir: options.terminal === true ? terminal : dist },
    preview: { port: options.port, host: '127.0.0.1', strictPort: false },
  });
  return {
    url: server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${options.port}/`,
    close: () => server.close(),
  };
}

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
