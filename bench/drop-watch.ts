import type { Page } from '@playwright/test';

/** How long after a drop the page showed what, in seconds. */
export interface DropTimes {
  /** No picture is being added any more. */
  readonly arrived: number;
  /** The last picture has its embedding: the page has stopped looking at pictures. */
  readonly embedded: number;
  /** Trained, judged, and the result is shown. */
  readonly trained: number;
}

type Sight = 'dropped' | 'adding' | 'arrived' | 'pressed' | 'looking' | 'embedded' | 'trained';
type DropWindow = Window & { sights?: Partial<Record<Sight, number>> };

/**
 * Watches the page from the next drop on, by what it shows, and presses "Train" at the first moment
 * that it can be pressed: from then on the page says what it is at.
 *
 * @returns waits for the result.
 */
export async function watchDrop(page: Page): Promise<() => Promise<DropTimes>> {
  await page.evaluate(watch);
  return async () => {
    const shown = await page.waitForFunction(
      () => {
        const { sights } = window as DropWindow;
        return sights?.trained === undefined ? null : sights;
      },
      null,
      // A look now and then costs the page nothing.
      { polling: 250, timeout: 600_000 },
    );
    const { dropped = Number.NaN, arrived, embedded, trained } = (await shown.jsonValue()) ?? {};
    const after = (millis = Number.NaN) => (millis - dropped) / 1000;
    return { arrived: after(arrived), embedded: after(embedded), trained: after(trained) };
  };
}

/** Runs in the page: it can use nothing of this file but types. */
function watch(): void {
  const sights: Partial<Record<Sight, number>> = {};
  (window as DropWindow).sights = sights;
  window.addEventListener('drop', () => (sights.dropped ??= performance.now()), true);
  const observer = new MutationObserver(() => {
    if (sights.dropped === undefined) return;
    const now = performance.now();
    const bars = [...document.querySelectorAll('[role=progressbar]')].map((bar) =>
      bar.getAttribute('aria-label'),
    );
    const buttons = [...document.querySelectorAll('button:enabled')];
    const train = buttons.find((button) => /^Train(?: again)?$/.test(button.textContent.trim()));
    if (bars.includes('Adding pictures')) sights.adding ??= now;
    else if (sights.adding !== undefined) sights.arrived ??= now;
    if (train instanceof HTMLElement && sights.pressed === undefined) {
      sights.pressed = now;
      train.click();
      return;
    }
    if (sights.pressed === undefined) return;
    if (bars.includes('Looking at the pictures')) {
      sights.looking ??= now;
      return;
    }
    const isLearning = bars.some((name) => name?.startsWith('Learning') ?? false);
    const isTrained = train?.textContent.trim() === 'Train again';
    if (sights.looking !== undefined || isLearning || isTrained) sights.embedded ??= now;
    const place = isTrained ? train.closest('section') : null;
    if (!/\d\s?%\s?right/.test(place?.textContent ?? '')) return;
    sights.trained = now;
    observer.disconnect();
  });
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ['disabled', 'aria-label'],
  });
}
