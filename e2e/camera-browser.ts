import type { Browser, BrowserContext, BrowserType } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/chromium.ts';

export type CameraKind =
  /** A film that plays in a loop; every page may use it. */
  | { readonly kind: 'film'; readonly file: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'missing' };

/** A browser of its own: what its camera shows is said when it starts. */
export async function launchWithCamera(
  browserType: BrowserType,
  camera: CameraKind,
  baseURL: string,
): Promise<{ browser: Browser; context: BrowserContext }> {
  const executablePath = findChromium();
  const browser = await browserType.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [...chromiumFlags(), ...flagsOf(camera)],
  });
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1280, height: 900 },
    permissions: camera.kind === 'refused' ? [] : ['camera'],
  });
  return { browser, context };
}

function flagsOf(camera: CameraKind): string[] {
  switch (camera.kind) {
    case 'film':
      return [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-video-capture=${camera.file}`,
      ];
    case 'refused':
      return ['--use-fake-device-for-media-stream', '--deny-permission-prompts'];
    case 'missing':
      return [
        '--use-fake-device-for-media-stream=device-count=0',
        '--use-fake-ui-for-media-stream',
      ];
  }
}
