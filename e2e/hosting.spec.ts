import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BACKBONES } from '../src/core/backbone-catalogue.ts';
import { writeLabelled } from './fixtures/folders.ts';
import { tinyModels } from './fixtures/models.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { expect, test, watchForeignRequests } from './test.ts';

test('what people host is the app, not the page of npm run train', async ({ request }) => {
  expect((await request.get('./index.html')).status()).toBe(200);
  expect((await request.get('./terminal.html')).status()).toBe(404);
  const dist = join(import.meta.dirname, '..', 'dist');
  expect(
    readdirSync(dist, { recursive: true }).filter((name) => String(name).includes('terminal')),
  ).toEqual([]);
});

test('the app works in a sub-path of a host that sends no headers', async ({ browser }, info) => {
  const server = await servePlainly(join(import.meta.dirname, '..', 'dist'), {
    subPath: '/someone/headstart/',
    inside: { 'models/': tinyModels() },
  });
  const context = await browser.newContext({ baseURL: server.url });
  const foreign = watchForeignRequests(context, new URL(server.url).origin);
  try {
    const page = await context.newPage();
    const headstart = new Headstart(page);
    await headstart.openWithMobilenet();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await headstart.drop(
      writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 4 })),
    );
    await headstart.train();
    expect((await headstart.download()).suggestedFilename()).toMatch(/\.zip$/);
    expect(foreign).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
});

test.describe('whom the page may ask', () => {
  test.use({ foreignRequests: true });

  const hostings = BACKBONES.flatMap((backbone) => backbone.hostings.map(({ url }) => url));
  /** Another bucket of the same storage, what lies above and beside a folder, where TF Hub leads. */
  const others = [
    'https://storage.googleapis.com/someone-else/model.json',
    'https://storage.googleapis.com/tfjs-models/model.json',
    'https://storage.googleapis.com/tfjs-models/savedmodel/mobilenet_v2_1.0_224',
    'https://storage.googleapis.com/tfjs-models/savedmodel/mobilenet_v2_1.0_224/../other/x',
    'https://tfhub.dev/someone/else/1/model.json',
    'https://www.kaggle.com/api/v1/blobs/upload',
    'https://kaggle.com/models/google/x',
  ];

  test('is the folder of each hosting, and nothing beside it', async ({
    context,
    headstart,
    page,
    site,
  }) => {
    await headstart.open();
    const asked: string[] = [];
    await context.route(
      (url) => url.origin !== new URL(site).origin,
      (route) => {
        asked.push(route.request().url());
        return route.fulfill({ body: '{}', headers: { 'access-control-allow-origin': '*' } });
      },
    );
    const ask = (urls: readonly string[]) =>
      page.evaluate(
        (all) => Promise.all(all.map((url) => fetch(url).then(Boolean, () => false))),
        urls,
      );
    const files = hostings.flatMap((url) => [url, new URL('group1-shard1of4.bin', url).href]);
    expect(await ask(files)).toEqual(files.map(() => true));
    expect(asked.toSorted()).toEqual(files.toSorted());
    expect(await ask(others)).toEqual(others.map(() => false));
    expect(asked).toHaveLength(files.length);
  });

  test('and wherever TF Hub leads from there', async ({ context, headstart, page, site }) => {
    await headstart.open();
    const hub = hostings.find((url) => url.startsWith('https://tfhub.dev')) ?? '';
    let target = '';
    await context.route(
      (url) => url.origin !== new URL(site).origin,
      (route) => route.fulfill({ status: 302, headers: { ...ANY_ORIGIN, location: target } }),
    );
    // What it leads to can't be reached from a test; whether it may be asked can be told.
    const isRefused = (url: string) =>
      page.evaluate(async (asked) => {
        let refused = false;
        document.addEventListener('securitypolicyviolation', () => (refused = true));
        await fetch(asked).catch(() => null);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return refused;
      }, url);
    for (const [to, refused] of [
      ['https://www.kaggle.com/api/v1/models/google/mobilenet-v2/tfJs/download', false],
      ['https://storage.googleapis.com/kagglesdsdata/models/model.json', false],
      ['https://example.com/google/imagenet/', true],
    ] as const) {
      target = to;
      expect(await isRefused(hub), to).toBe(refused);
    }
  });
});

const ANY_ORIGIN = { 'access-control-allow-origin': '*' };
