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
