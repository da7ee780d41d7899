import type { Page } from '@playwright/test';

/**
 * Drops files and folders as a person does. A synthetic DataTransfer has no
 * directory entries; the DevTools protocol's drag has real ones.
 *
 * @param paths absolute, on this machine.
 * @param at a point of the page; its middle where none is given.
 */
export async function dropPaths(
  page: Page,
  paths: readonly string[],
  at?: { x: number; y: number },
): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  const { x, y } = at ?? { x: size.width / 2, y: size.height / 2 };
  const session = await page.context().newCDPSession(page);
  const COPY = 1;
  const data = { items: [], files: [...paths], dragOperationsMask: COPY };
  try {
    // Over it twice, as a hand is many times: a browser may not have heard yet that the first was welcome.
    for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x, y, data });
    }
  } finally {
    await session.detach();
  }
}
