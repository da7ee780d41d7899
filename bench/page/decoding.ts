import { wrap, type Remote } from 'comlink';
import { at } from '../../src/core/at.ts';
import type { BackboneInfo } from '../../src/core/backbone.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import { cosine } from '../../src/core/embedding.ts';
import { fullInput } from '../../src/engine/testing/full-input.ts';
import { embeddingsOf } from '../../src/engine/testing/rows.ts';
import type { DecodeEnd, DecodeWay, Work } from './contract.ts';
import type { LoneDecoder } from './lone-decoder.ts';
import { chosenFiles, timed } from './task.ts';

/** Files through workers that do nothing else, each one file at a time. */
export async function decodeFiles(
  way: DecodeWay,
  end: DecodeEnd,
  workers: number,
  count: number,
): Promise<Work> {
  const started = Array.from({ length: workers }, startWorker);
  const waiting = [...chosenFiles(count)];
  const drain = async (decoder: Remote<LoneDecoder>): Promise<void> => {
    for (let file = waiting.pop(); file; file = waiting.pop()) await decoder.decode(file, way, end);
  };
  try {
    // A first file pays for starting the worker.
    await Promise.all(
      started.map(({ decoder }) => decoder.decode(at(chosenFiles(1), 0), way, end)),
    );
    return await timed(count, async () => {
      await Promise.all(started.map(({ decoder }) => drain(decoder)));
    });
  } finally {
    for (const { worker } of started) worker.terminate();
  }
}

/** @returns the cosine of each file's embedding to that of its full decode. */
export async function decodeCosines(
  engine: Pick<EngineClient, 'recall' | 'embed' | 'readRows'>,
  { sha256, inputSidePx }: BackboneInfo,
  count: number,
): Promise<readonly number[]> {
  const files = chosenFiles(count);
  const full = await Promise.all(files.map((file) => fullInput(file, inputSidePx)));
  const found = await embeddingsOf(engine, sha256, [...files, ...full]);
  return files.map((_, index) => cosine(at(found, index), at(found, count + index)));
}

function startWorker(): { worker: Worker; decoder: Remote<LoneDecoder> } {
  const worker = new Worker(new URL('./lone-decoder.ts', import.meta.url), { type: 'module' });
  return { worker, decoder: wrap<LoneDecoder>(worker) };
}
