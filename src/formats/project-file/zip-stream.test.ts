import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { expect, test } from 'vitest';
import { ZipStream } from './zip-stream.ts';

test('another reads 70,000 entries of it, more than 16 bits count', async () => {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const bytes = new Response(stream.readable).arrayBuffer();
  const zip = new ZipStream(stream.writable);
  await zip.addDeflated('first.txt', new TextEncoder().encode('hat '.repeat(1000)));
  for (let index = 1; index < 70_000; index++)
    await zip.addStored(`قبعة/${String(index)}`, new TextEncoder().encode(String(index)));
  await zip.close();
  const reader = new ZipReader(new BlobReader(new Blob([await bytes])), { checkSignature: true });
  const entries = await reader.getEntries();
  expect(entries).toHaveLength(70_000);
  const read = async (index: number): Promise<string | null> => {
    const entry = entries[index];
    return entry && !entry.directory ? entry.getData(new TextWriter()) : null;
  };
  expect(await read(0)).toBe('hat '.repeat(1000));
  expect(entries[69_999]?.filename).toBe('قبعة/69999');
  expect(await read(69_999)).toBe('69999');
});
