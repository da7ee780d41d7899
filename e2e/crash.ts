import type { Page } from '@playwright/test';

/** Kills the page's renderer, as running out of memory does: nothing of the page runs after this. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  // Never answered: whoever would answer is gone.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

/** What a person could see at some moment, and so has to find again. */
export interface Seen {
  readonly pictures: number;
  readonly labels: readonly string[];
  readonly trained: boolean;
}

/** Keeps noting what the page shows, until it is killed. */
export async function watchSeen(page: Page): Promise<() => Seen> {
  let seen: Seen = { pictures: 0, labels: [], trained: false };
  await page.exposeFunction('noteSeen', (now: Seen) => {
    seen = now;
  });
  await page.addInitScript(() => {
    const note = (): void => {
      const text = (document.body as HTMLElement | null)?.innerText ?? '';
      const pictures = /(?<![\d,])([\d,]+) pictures? in \d+ class/.exec(text)?.[1] ?? '0';
      const names = document.querySelectorAll<HTMLInputElement>(
        'input[aria-label^="Name of class "]',
      );
      const report = (window as unknown as { noteSeen: (now: unknown) => void }).noteSeen;
      report({
        pictures: Number(pictures.replaceAll(',', '')),
        labels: Array.from(names, (name) => name.value),
        trained: text.replaceAll('\u202f', ' ').includes('% right'),
      });
    };
    setInterval(note, 40);
  });
  return () => seen;
}
