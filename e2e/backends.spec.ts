import { writeLabelled } from './fixtures/folders.ts';
import { drawShapes, shapeFile } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

for (const [asked, shown] of [
  ['webgpu', 'WebGPU'],
  ['webgl', 'WebGL'],
  ['wasm', 'WASM'],
] as const) {
  test(`?backend=${asked} computes with it`, async ({ headstart }, info) => {
    await headstart.open(`backend=${asked}`);
    await headstart.expectBackend(shown);
    await headstart.drop(
      writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 5 })),
    );
    await headstart.train();
    expect(await headstart.accuracy()).toBe(100);
    expect(await headstart.classify(shapeFile('circle', 40))).toBe('circle');
    expect(await headstart.engineDetails()).toContain('You asked for it');
  });
}

test('software WebGPU and WebGL are passed over for WASM, and the page says why', async ({
  headstart,
}) => {
  await headstart.open();
  await headstart.expectBackend('WASM');
  expect(await headstart.engineDetails()).toContain('only imitated in software');
});

for (const [asked, shown] of [
  ['simd', /Headstart’s SIMD runtime, (?:one|\d+) thread/u],
  ['tfjs', /TensorFlow.js, one thread/u],
] as const) {
  test(`?runtime=${asked} embeds with it, and the details say so`, async ({ headstart }, info) => {
    await headstart.open(`backend=wasm&runtime=${asked}`);
    await expect.poll(() => headstart.engineDetails(), { timeout: 60_000 }).toMatch(shown);
    await headstart.drop(
      writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 5 })),
    );
    await headstart.train();
    expect(await headstart.accuracy()).toBe(100);
    expect(await headstart.classify(shapeFile('circle', 40))).toBe('circle');
  });
}
