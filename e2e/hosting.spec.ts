import { join } from 'node:path';
import { writeLabelled } from './fixtures/folders.ts';
import { tinyModels } from './fixtures/models.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { servePlainly } from './fixtures/static-server.ts';
import { Headstart } from './headstart.ts';
import { expect, test, watchForeignRequests } from './test.ts';

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
