/** Written classifiers, computed by PyTorch itself on pictures that Pillow prepares. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../../core/at.ts';
import { placeCrop, type Crop } from '../../core/preprocess.ts';
import { resizeTriangle } from '../../core/resize.ts';
import { createSimdNetwork } from '../../network/wasm/simd-network.ts';
import { planNetwork } from '../../network/wasm/plan-network.ts';
import { drawLevels } from '../../network/testing/network-writer.ts';
import { partsOf } from '../../engine/testing/parts.ts';
import { importNetwork } from '../../network/read/import-network.ts';
import { poolFeatures, type Network } from '../../network/network.ts';
import { CASES, classifier, scaledNetwork } from './testing/cases.ts';
import computeScript from './testing/compute.py?raw';
import picturesScript from './testing/pictures.py?raw';
import trainScript from './testing/train.py?raw';
import { writePytorch } from './write-pytorch.ts';

/** As a part of the largest number: single precision, sums in another order. */
const MAX_DIFFERENCE = 1e-5;
const PYTHON = '/usr/bin/python3';
const MODELS = process.env['HEADSTART_MODELS'] ?? '';
const FEATURES = 'module_apply_default/MobilenetV2/Logits/AvgPool';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** @returns the new folder that it lies in. */
async function write(
  network: Network,
  { crop = 'centre', labels = [] }: { crop?: Crop; labels?: readonly string[] } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-pytorch-'));
  folders.push(folder);
  const inputSidePx = at(at(network.steps, 0).shape, 0);
  const files = writePytorch(network, { app: 'Headstart', labels, inputSidePx, crop });
  await Promise.all(files.map(({ name, bytes }) => writeFile(join(folder, name), bytes)));
  return folder;
}

/** @returns what it prints. @throws with its own message where it fails. */
async function runPython(folder: string, ...given: readonly string[]): Promise<string> {
  return (await promisify(execFile)(PYTHON, given, { cwd: folder })).stdout;
}

/** All answers in one run: PyTorch takes seconds to come up. */
async function compute(
  asked: readonly { readonly network: Network; readonly levels: ArrayLike<number> }[],
): Promise<Float32Array[]> {
  const written = await Promise.all(
    asked.map(async ({ network, levels }) => {
      const folder = await write(network);
      await writeFile(join(folder, 'levels'), Float32Array.from(levels));
      return folder;
    }),
  );
  await runPython(tmpdir(), '-c', computeScript, ...written);
  const answers = written.map((folder) => readFile(join(folder, 'answer')));
  return (await Promise.all(answers)).map((one) => new Float32Array(Uint8Array.from(one).buffer));
}

function compare(found: ArrayLike<number>, wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs));
  // Outputs that are all alike would agree for the wrong reason.
  expect(largest - Math.min(...wanted)).toBeGreaterThan(0.05);
  expect(found).toHaveLength(wanted.length);
  const differences = wanted.map((value, i) => Math.abs(value - at(found, i)));
  expect(Math.max(...differences) / largest).toBeLessThan(MAX_DIFFERENCE);
}

// Without Debian's python3-torch and python3-pil nothing here runs; what the files hold is tested beside.
const hasPytorch = spawnSync(PYTHON, ['-c', 'import numpy, PIL, torch']).status === 0;
describe.skipIf(!hasPytorch)('PyTorch', { timeout: 120_000 }, () => {
  describe('computes what the network says', () => {
    let answers: readonly Float32Array[] = [];

    beforeAll(async () => {
      answers = await compute(CASES);
    }, 120_000);

    it.each(CASES.map((one, index) => ({ ...one, index })))('$title', ({ wanted, index }) => {
      compare(at(answers, index), wanted);
    });
  });

  it('has named parameters, all of which can be trained', async () => {
    const folder = await write(classifier('', [4, 3]).network);
    expect(JSON.parse(await runPython(folder, '-c', trainScript))).toEqual({
      first: 'layers.convolution_2.weight',
      buffers: ['layers.affine_1.scale', 'layers.affine_1.offset'],
      untouched: [],
      better: true,
      same: true,
    });
  });

  // Without HEADSTART_MODELS there are no real weights; the tests above write drawn ones.
  it.skipIf(MODELS === '')('computes a real backbone as the kernel does', async () => {
    const files = ['model.json', 'group1-shard1of1.bin'].map(async (name) => {
      const bytes = await readFile(join(MODELS, 'mobilenet_v2_1.0_224', name));
      return { name, bytes: Uint8Array.from(bytes) };
    });
    const size = { inputSidePx: 224, inputRange: [-1, 1] as const };
    const parts = partsOf(await Promise.all(files));
    const read = importNetwork(parts, { ...size, output: FEATURES });
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
    const backbone = poolFeatures(read.value);
    const levels = drawLevels([224, 224, 3], 1);
    const wanted = createSimdNetwork(planNetwork(backbone, size)).run(levels);
    const [found] = await compute([{ network: scaledNetwork(backbone), levels }]);
    compare(found ?? [], [...wanted]);
  });
});

type Size = readonly [widthPx: number, heightPx: number];

/** RGBA of noise, opaque. */
function drawPattern([widthPx, heightPx]: Size): Uint8ClampedArray {
  const rgba = drawLevels([heightPx, widthPx, 4], widthPx + heightPx);
  return Uint8ClampedArray.from(rgba, (level, i) => (i % 4 === 3 ? 255 : level));
}

function asPpm(rgba: Uint8ClampedArray, [widthPx, heightPx]: Size): Uint8Array {
  const head = new TextEncoder().encode(`P6 ${widthPx} ${heightPx} 255\n`);
  return Uint8Array.of(...head, ...rgba.filter((_, i) => i % 4 !== 3));
}

/** The whole way, as engine/picture/input.ts goes it. @returns RGB [sidePx, sidePx, 3]. */
function toSquare(
  rgba: Uint8ClampedArray,
  [widthPx, heightPx]: Size,
  sidePx: number,
  crop: Crop,
): number[] {
  const { from, to } = placeCrop(widthPx, heightPx, sidePx, crop);
  const rows = Array.from({ length: from.heightPx }, (_, row) => {
    const start = ((from.y + row) * widthPx + from.x) * 4;
    return [...rgba.subarray(start, start + from.widthPx * 4)];
  });
  const part = Uint8ClampedArray.from(rows.flat());
  const rgb = resizeTriangle(part, from.widthPx, from.heightPx, to.widthPx, to.heightPx);
  return Array.from({ length: sidePx * sidePx * 3 }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % sidePx) - to.x, Math.floor(i / 3 / sidePx) - to.y];
    const inside = x >= 0 && x < to.widthPx && y >= 0 && y < to.heightPx;
    return inside ? at(rgb, (y * to.widthPx + x) * 3 + (i % 3)) : 0;
  });
}

const SIZES: readonly Size[] = [
  [97, 62],
  [61, 97],
  [7, 30],
  [300, 12],
  [13, 9],
  [16, 16],
  [1, 40],
  [400, 3],
];

const SIDES_PX = [15, 16] as const;
const CROP = `
import json
from model import Classifier, load_picture

crop = Classifier().crop
sizes = ${JSON.stringify(SIZES)}
print(json.dumps([
    load_picture(f'{width},{height}.ppm', side, crop).permute(1, 2, 0).int().flatten().tolist()
    for side in ${JSON.stringify(SIDES_PX)} for width, height in sizes
]))
`;

describe.skipIf(!hasPytorch)('pictures', { timeout: 120_000 }, () => {
  it.each(['centre', 'pad', 'stretch'] as const)('are cropped as here: %s', async (crop) => {
    const folder = await write(classifier('', [3]).network, { crop });
    const pictures = SIZES.map((size) => ({ size, rgba: drawPattern(size) }));
    for (const { size, rgba } of pictures)
      await writeFile(join(folder, `${String(size)}.ppm`), asPpm(rgba, size));
    const wanted = SIDES_PX.flatMap((sidePx) =>
      pictures.map(({ size, rgba }) => toSquare(rgba, size, sidePx, crop)),
    );
    expect(JSON.parse(await runPython(folder, '-c', CROP))).toEqual(wanted);
  });

  it('of all kinds become levels', async () => {
    const folder = await write(classifier('', [3]).network);
    expect(JSON.parse(await runPython(folder, '-c', picturesScript))).toEqual({
      transparent: [255, 255, 255],
      translucent: [204, 224, 255],
      palette: [20, 30, 40],
      'transparent palette': [255, 255, 255],
      grey: [77, 77, 77],
      'grey of 16 bits': [128, 128, 128],
      ink: [0, 0, 0],
      // By the matrices of CSS Color 4: 215.1, 92.7, 31.0.
      'wide colours': [215, 93, 31],
      'broken profile': [200, 100, 50],
      turned: [255, 0, 0],
      'large photograph': [true, false],
      'progressive photograph': [false, true],
    });
  });

  it('are named at the terminal, most probable label first', async () => {
    const { network } = classifier('', [3]);
    const labels = ['קרסול', '"""\nimport os\u001b[2J', '\ud800'];
    const folder = await write(network, { labels });
    await writeFile(join(folder, 'a b.ppm'), asPpm(drawPattern([30, 20]), [30, 20]));
    const printed = await runPython(folder, 'model.py', 'a b.ppm', 'a b.ppm');
    const [name, ...answers] = printed.split('\n').slice(0, 4);
    expect(printed.split('\n')).toEqual([name, ...answers, name, ...answers, '']);
    expect(name).toBe('a b.ppm');
    const shares = answers.map((line) => Number.parseFloat(line));
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 1);
    const found = answers.map((line) => line.slice(10));
    expect(found.sort()).toEqual(['""" import os [2J', '\\ud800', 'קרסול'].sort());
  });
});
