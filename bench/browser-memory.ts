import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MILLIS = 100;

/** A browser's memory over a time. */
export interface MemoryWatch {
  /** Ends it. */
  end(): { readonly firstBytes: number; readonly mostBytes: number };
}

/**
 * Watches the memory of all processes of a browser: pages, workers, storage, and the browser's own.
 * What several of them share is counted once (PSS), and what is only read from files that the system
 * can read again is left out.
 *
 * @param profile the folder that the browser was started with.
 * @throws Error on systems that don't tell (only Linux does) and where there is no such browser.
 */
export function watchMemory(profile: string): MemoryWatch {
  const main = processes().find(
    ({ id }) =>
      commandOf(id).includes(`--user-data-dir=${profile}`) && !commandOf(id).includes('--type='),
  );
  if (main === undefined) throw new Error(`no browser runs in ${profile}`);
  const firstBytes = memoryOf(main.id);
  let mostBytes = firstBytes;
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, memoryOf(main.id));
  }, EVERY_MILLIS);
  return {
    end: () => {
      clearInterval(timer);
      return { firstBytes, mostBytes: Math.max(mostBytes, memoryOf(main.id)) };
    },
  };
}

interface Process {
  readonly id: number;
  readonly parent: number;
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const status = read(`/proc/${name}/status`);
      const parent = /^PPid:\s*(?<id>\d+)/m.exec(status)?.groups?.['id'];
      return parent === undefined ? [] : [{ id: Number(name), parent: Number(parent) }];
    });
}

/** Of a process and all that it started, in bytes. */
function memoryOf(main: number): number {
  const all = processes();
  const ids = new Set([main]);
  // Until nothing is found any more: a child may stand before its parent.
  for (let found = 0; found !== ids.size;) {
    found = ids.size;
    for (const { id, parent } of all) if (ids.has(parent)) ids.add(id);
  }
  let kilobytes = 0;
  for (const id of ids) {
    const rollup = read(`/proc/${String(id)}/smaps_rollup`);
    for (const [, size] of rollup.matchAll(/^Pss_(?:Anon|Shmem):\s*(\d+) kB/gm))
      kilobytes += Number(size);
  }
  return kilobytes * 1024;
}

function commandOf(id: number): string {
  return read(`/proc/${String(id)}/cmdline`).replaceAll('\0', ' ');
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
