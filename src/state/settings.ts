import type { ClassLabel } from '../core/dataset.ts';

/** What belongs to this browser and not to the project, such as a forced backend. */
export interface Settings {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
}

/** Which project the page's address names. */
export interface Address {
  /** As the page was opened. Anybody's text. */
  readonly projectId: string | null;
  /** @param replace leaves no way back to the one before. */
  show(projectId: string, replace: boolean): void;
  /** Calls when the person went back or forward. Returns the way to stop listening. */
  onMove(listener: (projectId: string | null) => void): () => void;
}

/** `?project=`, beside whatever else the address says. */
export function browserAddress(): Address {
  const read = () => new URLSearchParams(location.search).get('project');
  return {
    projectId: read(),
    show(projectId, replace) {
      if (read() === projectId) return;
      const url = new URL(location.href);
      url.searchParams.set('project', projectId);
      if (replace) history.replaceState(null, '', url);
      else history.pushState(null, '', url);
    },
    onMove(listener) {
      const heard = () => {
        listener(read());
      };
      addEventListener('popstate', heard);
      return () => {
        removeEventListener('popstate', heard);
      };
    },
  };
}

/** In localStorage; where that is refused, for as long as the page lives. */
export function browserSettings(prefix: string): Settings {
  const fallback = new Map<string, string>();
  return {
    get(key) {
      try {
        return localStorage.getItem(prefix + key) ?? fallback.get(key) ?? null;
      } catch {
        return fallback.get(key) ?? null;
      }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(prefix + key);
        else localStorage.setItem(prefix + key, value);
      } catch {
        if (value === null) fallback.delete(key);
        else fallback.set(key, value);
      }
    },
  };
}

/**
 * The few words that become part of what a person keeps. The composition root
 * brings them from the message catalogue; these stand in where there is none.
 */
export interface Words {
  /** What a class is called until it is named; `number` from 1. */
  readonly className: (number: number) => string;
  /** What a copy of a project is called. */
  readonly copyName: (name: string) => string;
}

export const PLAIN_WORDS: Words = {
  className: (number) => `Class ${String(number)}`,
  copyName: (name) => `Copy of ${name}`,
};

/** The first "Class 3" that no class is called yet. */
export function freeLabel(classes: readonly ClassLabel[], words: Words): string {
  const taken = new Set(classes.map(({ label }) => label));
  let number = classes.length + 1;
  while (taken.has(words.className(number))) number += 1;
  return words.className(number);
}
