/** `npx tsx scripts/icons.ts`: draws the icons that an installed app needs from static/icon.svg. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumFlags, ensureChromium } from './chromium.ts';

/** Systems cut maskable icons to shapes of their own: all that matters within the inner 80 %. */
const ICONS = [
  { file: 'icon-192.png', sidePx: 192, maskable: false },
  { file: 'icon-512.png', sidePx: 512, maskable: false },
  { file: 'icon-maskable-512.png', sidePx: 512, maskable: true },
] as const;

const folder = join(import.meta.dirname, '../static');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: chromiumFlags(),
});
for (const { file, sidePx, maskable } of ICONS) {
  const page = await browser.newPage({ viewport: { width: sidePx, height: sidePx } });
  const drawn = maskable
    ? svg.replace('rx="8"', 'rx="0"').replace('0 0 32 32', '-2 -2 36 36')
    : svg;
  const ground = maskable ? '#191a1d' : 'transparent';
  await page.setContent(
    `<style>body{margin:0;background:${ground}}svg{display:block;width:100vw;height:100vh}</style>${drawn}`,
  );
  await page.screenshot({ path: join(folder, file), omitBackground: true });
}
await browser.close();
