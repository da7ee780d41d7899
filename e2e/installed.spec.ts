import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLabelled } from './fixtures/folders.ts';
import { tinyModels } from './fixtures/models.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { isKept, launchWithProfile } from './profile.ts';
import { expect, test, watchForeignRequests } from './test.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const withModels = { subPath: '/headstart/', inside: { 'models/': tinyModels() } };

test('the second visit works with the network off, isolated though the host sends no headers', async ({
  playwright,
}, info) => {
  const server = await servePlainly(dist, withModels);
  const context = await launchWithProfile(playwright.chromium, info.outputPath('profile'));
  const foreign = watchForeignRequests(context, new URL(server.url).origin);
  try {
    const first = new Headstart(await context.newPage());
    await first.page.goto(server.url);
    await first.isUsing('MobileNet');
    await isKept(first.page);
    await first.page.close();
    await server.close();

    const page = await context.newPage();
    const headstart = new Headstart(page);
    await page.goto(server.url);
    await headstart.isUsing('MobileNet');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const set = drawShapes({ classes: 2, perClass: 6 });
    await headstart.drop(writeLabelled(info.outputPath('set'), set));
    await headstart.train();
    expect(await headstart.classify(shapeFile('square', 90))).toBe('square');
    expect((await headstart.download()).suggestedFilename()).toMatch(/\.zip$/);
    expect(foreign).toEqual([]);
  } finally {
    await context.close();
    await server.close().catch(() => undefined);
  }
});

test('exports are checked with the network off once one has been; what never came is said', async ({
  playwright,
}, info) => {
  const server = await servePlainly(dist, withModels);
  const context = await launchWithProfile(playwright.chromium, info.outputPath('profile'));
  const proofIn = ({ trial }: Headstart) =>
    trial.getByText(/LiteRT.js .*gives the preview’s answer to/);
  try {
    const first = new Headstart(await context.newPage());
    await first.page.goto(server.url);
    await isKept(first.page);
    // The first visit is the network's own.
    await first.page.reload();
    await first.isUsing('MobileNet');
    const set = drawShapes({ classes: 2, perClass: 6 });
    await first.drop(writeLabelled(info.outputPath('set'), set));
    await first.train();
    await first.exporting.chooseFormat('TensorFlow Lite');
    await first.exporting.write();
    await expect(proofIn(first)).toBeVisible();
    await first.page.close();
    await server.close();

    const headstart = new Headstart(await context.newPage());
    await headstart.page.goto(server.url);
    await headstart.isUsing('MobileNet');
    await headstart.exporting.chooseFormat('TensorFlow Lite');
    await headstart.exporting.write();
    await expect(proofIn(headstart)).toBeVisible();
    await headstart.exporting.chooseFormat('ONNX');
    await headstart.exporting.write();
    await expect(headstart.trial.getByText('what runs it couldn’t be fetched')).toBeVisible();
    await headstart.exporting.chooseFormat('Keras');
    await headstart.exporting.startToWrite();
    await expect(headstart.trial.getByRole('alert')).toContainText(
      "h5wasm, which writes this, couldn't be fetched. Go online",
    );
  } finally {
    await context.close();
    await server.close().catch(() => undefined);
  }
});

test('a new version is offered, and taken only when the person says so', async ({
  playwright,
}, info) => {
  const folder = info.outputPath('site');
  cpSync(dist, folder, { recursive: true });
  const server = await servePlainly(folder, withModels);
  const context = await launchWithProfile(playwright.chromium, info.outputPath('profile'));
  try {
    const page = await context.newPage();
    const headstart = new Headstart(page);
    await page.goto(server.url);
    await isKept(page);
    const set = drawShapes({ classes: 2, perClass: 4 });
    await headstart.drop(writeLabelled(info.outputPath('set'), set));

    putNewVersion(folder);
    await page.reload();
    const load = headstart.notices.getByRole('button', { name: 'Load it now' });
    await expect(load).toBeVisible({ timeout: 30_000 });
    await headstart.expectPictures(8, 2);
    expect(await page.locator('meta[name="new-version"]').count()).toBe(0);

    await load.click();
    await expect(page.locator('meta[name="new-version"]')).toHaveCount(1);
    await headstart.expectPictures(8, 2);
    await expect(load).toBeHidden();
  } finally {
    await context.close();
    await server.close();
  }
});

/** Another index.html, and the service worker that a build with it would make. */
function putNewVersion(folder: string): void {
  const index = join(folder, 'index.html');
  const text = readFileSync(index, 'utf8');
  writeFileSync(index, text.replace('</head>', '<meta name="new-version" content=""></head>'));
  const worker = join(folder, 'service-worker.js');
  const code = readFileSync(worker, 'utf8');
  const entry = /(url:\s*[`'"]index\.html[`'"],\s*revision:\s*[`'"])[0-9a-f]+/u;
  if (!entry.test(code)) throw new Error('service-worker.js does not name index.html');
  writeFileSync(worker, code.replace(entry, '$10123456789abcdef'));
  appendFileSync(worker, '\n');
}

test('the browser finds nothing that keeps it from installing the app', async ({
  playwright,
}, info) => {
  const server = await servePlainly(dist, withModels);
  const context = await launchWithProfile(playwright.chromium, info.outputPath('profile'));
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await isKept(page);
    const session = await context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(manifest.url).toBe(`${server.url}manifest.webmanifest`);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
});

test.describe('the page’s security policy', () => {
  test.use({ foreignRequests: true });

  test('runs no foreign or inline script, and asks no stranger', async ({ headstart, page }) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    await headstart.open();
    await headstart.addSampleSet();
    await headstart.train();
    expect(complaints).toEqual([]);

    const outcome = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      const asked = await fetch('https://stranger.invalid/').then(
        () => 'answered',
        () => 'refused',
      );
      return { asked, ranInline: 'ranInline' in window };
    });
    expect(outcome).toEqual({ asked: 'refused', ranInline: false });
    expect(complaints.filter((text) => text.includes('stranger.invalid'))).not.toEqual([]);
  });
});
