/**
 * `npm run screens`: pictures of the named screens, at two widths, light and
 * dark, into docs/screens. They show the drawn sample pictures and the real
 * backbone of HEADSTART_MODELS; without it, the tests' tiny one.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { writeCameraFilm } from '../e2e/fixtures/mjpeg.ts';
import { tinyModels } from '../e2e/fixtures/models.ts';
import { Headstart } from '../e2e/headstart.ts';
import { chromiumFlags, ensureChromium } from './chromium.ts';
import { modelsPlugin } from './folders-plugin.ts';
import { drawnSamples, writeManySamples } from './screens/pictures.ts';
import { SCREENS, type Stage } from './screens/screens.ts';
import { serveBuilt } from './serve.ts';

const WIDTHS = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 360, height: 740 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const screens = SCREENS.filter(({ name }) => values.only === undefined || name === values.only);
if (screens.length === 0) {
  const names = SCREENS.map(({ name }) => name).join(', ');
  console.error(`--only takes one of ${names}, not "${values.only ?? ''}".`);
  process.exit(2);
}

const target = resolve(import.meta.dirname, '../docs/screens');
mkdirSync(target, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'headstart-screens-'));
const executablePath = ensureChromium();
const server = await serveBuilt({
  port: 4400,
  build: true,
  plugins: process.env['HEADSTART_MODELS'] ? [] : [modelsPlugin(tinyModels())],
});
try {
  const stage: Stage = {
    manyPictures: writeManySamples(join(scratch, 'drawings')),
    scratch,
    samples: drawnSamples(),
  };
  const film = await makeFilm(stage);
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      const browser = await launch(film);
      for (const screen of screens) {
        const context = await browser.newContext({
          baseURL: server.url,
          viewport: { width: width.width, height: width.height },
          colorScheme,
          permissions: ['camera'],
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        await screen.show(new Headstart(page), stage);
        const file = `${screen.name}-${width.name}-${colorScheme}.png`;
        await page.screenshot({ path: join(target, file) });
        console.log(file);
        await context.close();
      }
      await browser.close();
    }
  }
} finally {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
}

/** A film for the camera that shows one of the drawn pictures. */
async function makeFilm({ samples }: Stage): Promise<string> {
  const file = join(scratch, 'camera.mjpeg');
  const browser = await launch(null);
  const page = await browser.newPage({ viewport: { width: 480, height: 480 } });
  const drawing = samples.find(({ path }) => path.startsWith('rocket/'));
  await page.setContent(
    `<style>body{margin:0}svg{width:480px;height:480px;display:block}</style>${drawing?.svg ?? ''}`,
  );
  const png = await page.screenshot();
  await writeCameraFilm(browser, png, 'image/png', file);
  await browser.close();
  return file;
}

function launch(film: string | null): Promise<Browser> {
  const camera =
    film === null
      ? []
      : [
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-video-capture=${film}`,
        ];
  return chromium.launch({ executablePath, args: [...chromiumFlags(), ...camera] });
}
