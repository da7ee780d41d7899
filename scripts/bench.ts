/**
 * `npm run bench`: how fast the engine embeds beside the bare backbone, and
 * how busy the page's main thread is meanwhile. It measures, it does not test:
 * it ends with 0 whatever it finds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { measureEmbeddingRate } from '../bench/embedding-rate.ts';
import { benchPictures } from '../bench/pictures.ts';
import { describeMachine, describeReport, type BenchReport } from '../bench/report.ts';
import { measureResponsiveness } from '../bench/responsiveness.ts';
import { tinyModels } from '../e2e/fixtures/models.ts';
import type { BackendName } from '../src/core/backend.ts';
import { chromiumFlags, ensureChromium, testFlags } from './chromium.ts';
import { modelsPlugin } from './folders-plugin.ts';
import { serveBuilt } from './serve.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
const PARTS = ['embedding', 'responsiveness'] as const;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    backend: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    backbone: { type: 'string', default: 'mobilenet_v2_1.0_224' },
  },
});
const backend = BACKENDS.find((name) => name === values.backend) ?? null;
const only = PARTS.find((name) => name === values.only) ?? null;
const rounds = Number(values.rounds);
if (values.backend !== undefined && backend === null)
  refuse(`--backend takes ${BACKENDS.join(', ')}.`);
if (values.only !== undefined && only === null) refuse(`--only takes ${PARTS.join(' or ')}.`);
if (!Number.isInteger(rounds) || rounds < 1) refuse('--rounds takes a whole number from 1.');

const given = process.env['HEADSTART_MODELS'];
if (given === undefined)
  console.error(
    'HEADSTART_MODELS is not set: a tiny backbone stands in, and its rates mean little.',
  );
const models = given ?? tinyModels();
const scratch = mkdtempSync(join(tmpdir(), 'headstart-bench-'));
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: [...chromiumFlags(), ...testFlags],
});
try {
  const pictures = benchPictures(scratch);
  const machine = describeMachine(`Chromium ${browser.version()}, headless`);
  const options = { backend, backboneId: values.backbone, models, files: pictures.files, rounds };
  const report: BenchReport = {
    machine,
    pictures: pictures.words,
    embedding: only === 'responsiveness' ? null : await measureEmbeddingRate(browser, options),
    responsiveness:
      only === 'embedding' ? null : await responsiveness(pictures.folder, machine.cores),
  };
  console.log(describeReport(report));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}

async function responsiveness(folder: string, cores: number) {
  const server = await serveBuilt({
    port: 4500,
    build: true,
    plugins: given === undefined ? [modelsPlugin(models)] : [],
  });
  try {
    return await measureResponsiveness(browser, server.url, folder, cores);
  } finally {
    await server.close();
  }
}

function refuse(line: string): never {
  console.error(line);
  process.exit(2);
}
