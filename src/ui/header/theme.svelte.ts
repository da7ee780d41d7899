export type Theme = 'system' | 'light' | 'dark';

const KEY = 'headstart-theme';

let chosen = $state<Theme>(stored());
apply(stored());

export function theme(): Theme {
  return chosen;
}

/** Takes a theme over for this page and, where the browser keeps data, for the next visit. */
export function setTheme(wanted: Theme): void {
  chosen = wanted;
  apply(wanted);
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is refused: the choice lasts as long as the page.
  }
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

function apply(wanted: Theme) {
  if (wanted === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = wanted;
}
