import { cpus, totalmem } from 'node:os';
import type { Browser } from '@playwright/test';

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  /** As WebGPU and WebGL tell of it. */
  readonly graphics: string;
  readonly browser: string;
}

export async function describeMachine(browser: Browser, mode: string): Promise<Machine> {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    graphics: await describeGraphics(browser),
    browser: `Chromium ${browser.version()}, ${mode}`,
  };
}

/** Only a page on a secure origin sees WebGPU; `site` is on loopback. */
async function describeGraphics(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  try {
    // Loopback is a secure origin, whether or not anything answers there.
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('http://127.0.0.1:9/');
    return await page.evaluate(async () => {
      const adapter = await (navigator as Partial<Pick<Navigator, 'gpu'>>).gpu?.requestAdapter();
      const { vendor = '', architecture = '' } = adapter?.info ?? {};
      const fallback = adapter?.info.isFallbackAdapter === true ? ' (software)' : '';
      const webgpu = adapter ? `${vendor} ${architecture}${fallback}` : 'none';
      const context = new OffscreenCanvas(1, 1).getContext('webgl2');
      const renderer = context?.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
      const webgl =
        context && renderer !== undefined ? String(context.getParameter(renderer)) : 'none';
      return `WebGPU ${webgpu}; WebGL ${webgl}`;
    });
  } finally {
    await page.close();
  }
}
