/**
 * `npm run models`: puts pretrained backbones into static/models, so that the
 * app finds them on its own origin. `--from DIR` copies them from a folder
 * whose subfolders each hold a model.json; without it they are downloaded.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BACKBONES } from '../src/core/backbone-catalogue.ts';
import { indexModels, weightFiles } from './model-index.ts';

const target = resolve(import.meta.dirname, '../static/models');
const values = readArguments();
mkdirSync(target, { recursive: true });
const complete = values.from === undefined ? await downloadAll() : copyAll(resolve(values.from));
const models = indexModels(target);
writeFileSync(join(target, 'index.json'), `${JSON.stringify({ models }, null, 2)}\n`);
for (const model of models) {
  console.log(`${model.id}: ${(model.bytes / 1e6).toFixed(1)} MB, SHA-256 ${model.sha256}`);
}
if (!complete && values.from === undefined) {
  console.error('With the files at hand: npm run models -- --from DIR (a subfolder for each id).');
}
process.exit(complete ? 0 : 1);

function readArguments(): { from?: string | undefined } {
  try {
    return parseArgs({ options: { from: { type: 'string' } } }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

/** Copies the models of a folder; nothing but the files that they name. */
function copyAll(from: string): boolean {
  if (!existsSync(from)) {
    console.error(`--from names a folder that is not there: ${from}`);
    return false;
  }
  const found = indexModels(from);
  if (found.length === 0) console.error(`No subfolder of ${from} holds a model.json.`);
  for (const model of found) {
    mkdirSync(join(target, model.id), { recursive: true });
    for (const file of model.files)
      copyFileSync(join(from, model.id, file), join(target, model.id, file));
  }
  return found.length > 0;
}

/** Downloads every backbone of the catalogue that is not there yet. */
async function downloadAll(): Promise<boolean> {
  let complete = true;
  for (const { id, hostings } of BACKBONES) {
    if (existsSync(join(target, id, 'model.json'))) continue;
    const reasons: string[] = [];
    for (const { url } of hostings) {
      const problem = await download(url, id);
      if (problem === null) break;
      reasons.push(`${url}: ${problem}`);
    }
    if (reasons.length === hostings.length) {
      complete = false;
      console.error(`${id} could not be downloaded.\n  ${reasons.join('\n  ')}`);
    }
  }
  return complete;
}

/** Fetches one model beside its place and moves it there when whole. @returns what went wrong, or null. */
async function download(url: string, id: string): Promise<string | null> {
  const part = join(target, `.part-${id}`);
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part);
  try {
    const json = await fetchBytes(url);
    writeFileSync(join(part, 'model.json'), json);
    for (const file of weightFiles(json, url)) {
      writeFileSync(
        join(part, file),
        await fetchBytes(new URL(file + new URL(url).search, url).href),
      );
    }
    renameSync(part, join(target, id));
    return null;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    return error instanceof Error ? error.message : String(error);
  }
}

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
