/** What belongs to this browser and not to the project, such as a forced backend. */
export interface Settings {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
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
