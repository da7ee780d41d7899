/**
 * Writes `dist/third-party-notices.txt`: what the built app is made of, with its licences. All that
 * package.json depends on and what that depends on in turn; workers have much of it, of which a
 * bundler's own list knows nothing.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const project = join(import.meta.dirname, '..');
/** What components compile to calls it, though it is there for development. */
const RUNTIME = 'svelte';
export const NOTICES_FILE = 'third-party-notices.txt';
const LICENCE_FILE = /^(?:licen[cs]e|notice|copying)(?:\.\w+)?$/iu;

const readPackage = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;

/** Folders of a package's dependencies and of theirs; its own copies go before those at the top. */
function collect(folder: string, found: Set<string>): Set<string> {
  for (const name of Object.keys(readPackage(folder).dependencies ?? {})) {
    const own = join(folder, 'node_modules', name);
    const place = existsSync(own) ? own : join(project, 'node_modules', name);
    // Types alone are not installed by everybody and never built in.
    if (found.has(place) || !existsSync(place)) continue;
    found.add(place);
    collect(place, found);
  }
  return found;
}

/** Packages under one text are listed above it together. */
function noticesOf(folders: Iterable<string>): string {
  const byText = new Map<string, string[]>();
  for (const folder of folders) {
    const { name, version, license = 'see its source' } = readPackage(folder);
    const texts = readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file))
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const text = texts.length === 0 ? `Licence: ${license}` : texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const line = '-'.repeat(80);
  return Array.from(byText, ([text, names]) => `${line}\n${names.sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join('\n');
}

export function buildNotices(): void {
  const folders = collect(project, new Set([join(project, 'node_modules', RUNTIME)]));
  writeFileSync(
    join(project, 'dist', NOTICES_FILE),
    `Headstart is built with these packages.\n\n${noticesOf(folders)}`,
  );
}

if (process.argv[1] === import.meta.filename) buildNotices();
