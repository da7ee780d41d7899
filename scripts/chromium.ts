import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * @returns the path of a Chromium: HEADSTART_CHROMIUM, Playwright's own, then
 * the system's Chromium or Chrome; null where there is none.
 */
export function findChromium(): string | null {
  const asked = process.env['HEADSTART_CHROMIUM'];
  const onPath = names.flatMap((name) =>
    (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  const candidates = [
    ...(asked === undefined ? [] : [asked]),
    chromium.executablePath(),
    ...onPath,
    macChrome,
  ];
  return candidates.find(isExecutable) ?? null;
}

/**
 * @returns the path of a Chromium, installing one where there is none.
 * @throws Error that says what to do, where none can be installed.
 */
export function ensureChromium(): string {
  const found = findChromium();
  if (found !== null) return found;
  console.error('No Chromium found: installing one.');
  if (run('npx', ['playwright', 'install', 'chromium'])) return findChromium() ?? fail();
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (
    isRootOnDebian &&
    run('apt-get', ['update']) &&
    run('apt-get', ['install', '-y', 'chromium'])
  ) {
    return findChromium() ?? fail();
  }
  return fail();
}

/** What Chromium is started with everywhere: no hosts tried but the ones a page asks for. */
export function chromiumFlags(): string[] {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [
    ...sandbox,
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
  ];
}

/** For tests: software WebGPU and WebGL, which are real implementations, and a camera that needs no person. */
export const testFlags: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--enable-unsafe-swiftshader',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function fail(): never {
  throw new Error(
    'No Chromium could be found or installed. Install Chromium or Chrome (Debian: "apt-get install chromium" as root), ' +
      'or run "npx playwright install chromium", or set HEADSTART_CHROMIUM to the path of one.',
  );
}
