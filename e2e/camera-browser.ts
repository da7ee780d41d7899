import type { Browser, BrowserContext, BrowserType } from '@playwright/test';
import { chromiumFlags, findChromium } from '../scripts/chromium.ts';

export interface Camera {
  /** A film that plays in a loop, and that every page may use; or none, with what keeps from it. */
  readonly kind: 'film' | 'refused' | 'missing';
  /** The film. */
  readonly file: string;
}

/** A browser of its own: what its camera shows is said when it starts. */
export async function launchWithCamera(
  browserType: BrowserType,
  camera: Camera,
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

function flagsOf(camera: Camera): string[] {
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
