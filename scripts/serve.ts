import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, preview, type PluginOption } from 'vite';
import { buildNotices } from './build-notices.ts';
import { buildPlayer } from './build-player.ts';
import { buildServiceWorker } from './build-service-worker.ts';

const root = join(import.meta.dirname, '..');
const sources = [
  'src',
  'static',
  'index.html',
  'terminal.html',
  'vite.config.ts',
  'package-lock.json',
];

/** Builds the app and the page that its exports carry. */
export async function buildApp(): Promise<void> {
  await build({ root, logLevel: 'warn' });
  await buildPlayer();
  buildNotices();
  await buildServiceWorker();
}

/** @returns whether a source is newer than the last build. */
export function isBuildDue(): boolean {
  const built = join(root, 'dist', 'player', 'index.json');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return sources.some((source) => newest(join(root, source)) > builtAt);
}

/** Serves dist on loopback; a port that is taken gives the next free one. */
export async function serveBuilt(options: {
  port: number;
  build: boolean;
  plugins?: PluginOption[];
}): Promise<{ url: string; close: () => Promise<void> }> {
  if (options.build && isBuildDue()) {
    console.error('Building the app …');
    await buildApp();
  }
  const server = await preview({
    root,
    logLevel: 'error',
    plugins: options.plugins ?? [],
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
