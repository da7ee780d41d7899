import { expect, test } from 'vitest';
import { Cancelled } from '../core/problem.ts';
import { readZip, ZIP_LIMITS } from './read-zip.ts';
import { buildZip } from './testing/build-zip.ts';
import type { ZipPart } from './testing/build-zip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const part = (name: string, change: Partial<ZipPart> = {}): ZipPart => ({
  name,
  bytes: bytes(`content of ${name}`),
  ...change,
});

async function read(parts: readonly ZipPart[], limits = ZIP_LIMITS) {
  const file = await buildZip('my.zip', parts);
  return readZip({ path: 'my.zip', file }, undefined, limits);
}

const pathsOf = ({ files }: Awaited<ReturnType<typeof read>>) => files.map(({ path }) => path);

test('stored and deflated entries come out as files, below the name of the archive', async () => {
  const { files, problems } = await read([part('hat/1.jpg'), part('hat/2.png', { deflate: true })]);
  expect(problems).toEqual([]);
  expect(files.map(({ path, file }) => [path, file.name, file.type])).toEqual([
    ['my/hat/1.jpg', '1.jpg', 'image/jpeg'],
    ['my/hat/2.png', '2.png', 'image/png'],
  ]);
  expect(await files[1]?.file.text()).toBe('content of hat/2.png');
  expect(files[0]?.file.lastModified).toBe(new Date(2024, 0, 1).getTime());
});

test('an archive keeps the folders that it lies in', async () => {
  const file = await buildZip('hat.ZIP', [part('1.jpg')]);
  const { files } = await readZip({ path: 'train/hat.ZIP', file });
  expect(files.map(({ path }) => path)).toEqual(['train/hat/1.jpg']);
});

test('clutter and folders are left out without a word', async () => {
  const found = await read([
    part('hat/', { bytes: new Uint8Array() }),
    part('__MACOSX/hat/._1.jpg'),
    part('hat/.DS_Store'),
    part('hat/1.jpg'),
  ]);
  expect(pathsOf(found)).toEqual(['my/hat/1.jpg']);
  expect(found.problems).toEqual([]);
});

test('hostile names are text', async () => {
  const found = await read([
    part('../../x/1.jpg'),
    part('/etc/passwd'),
    part('C:\\photos\\1.jpg'),
    part('__proto__/1.jpg'),
    part('<img src=x onerror=alert(1)>/1.jpg'),
    part('قبعة/👒.jpg'),
  ]);
  expect(pathsOf(found)).toEqual([
    'my/x/1.jpg',
    'my/etc/passwd',
    'my/photos/1.jpg',
    'my/__proto__/1.jpg',
    'my/<img src=x onerror=alert(1)>/1.jpg',
    'my/قبعة/👒.jpg',
  ]);
});

test('an archive in the archive is named, the others go on', async () => {
  const found = await read([part('inner.zip'), part('hat/1.jpg'), part('saved.tm')]);
  expect(pathsOf(found)).toEqual(['my/hat/1.jpg']);
  expect(found.problems).toEqual([
    { code: 'zip-nested', file: 'my.zip', entry: 'inner.zip' },
    { code: 'zip-nested', file: 'my.zip', entry: 'saved.tm' },
  ]);
});

test('a password is said once', async () => {
  const found = await read([
    part('a.jpg', { encrypted: true }),
    part('b.jpg', { encrypted: true }),
    part('c.jpg'),
  ]);
  expect(pathsOf(found)).toEqual(['my/c.jpg']);
  expect(found.problems).toEqual([{ code: 'zip-encrypted', file: 'my.zip', entry: 'a.jpg' }]);
});

test.each([0.3, 0.6, 0.95])('an archive cut off at %f is damaged', async (share) => {
  const whole = await buildZip('my.zip', [part('1.jpg'), part('2.jpg'), part('3.jpg')]);
  const file = new File([whole.slice(0, Math.floor(whole.size * share))], 'my.zip');
  expect(await readZip({ path: 'my.zip', file })).toEqual({
    files: [],
    problems: [{ code: 'zip-damaged', file: 'my.zip' }],
  });
});

test('text that calls itself an archive is damaged', async () => {
  const file = new File(['Dear Sir or Madam'], 'letter.zip');
  expect((await readZip({ path: 'letter.zip', file })).problems).toEqual([
    { code: 'zip-damaged', file: 'letter.zip' },
  ]);
});

test('an altered entry is damaged, the others go on', async () => {
  const found = await read([
    part('1.jpg', { claimedCrc: 12345, deflate: true }),
    part('2.jpg', { claimedBytes: 1 }),
    part('3.jpg', { claimedBytes: 1000, deflate: true }),
    part('4.jpg'),
  ]);
  expect(pathsOf(found)).toEqual(['my/4.jpg']);
  expect(found.problems).toEqual(
    ['my/1.jpg', 'my/2.jpg', 'my/3.jpg'].map((file) => ({ code: 'file-damaged', file })),
  );
});

test('an archive that unpacks to too much is refused unread', async () => {
  const limits = { ...ZIP_LIMITS, totalBytes: 5_000_000 };
  const claimed = { claimedBytes: 3_000_000 };
  const found = await read([part('1.jpg', claimed), part('2.jpg', claimed)], limits);
  expect(found).toEqual({
    files: [],
    problems: [{ code: 'zip-too-large', file: 'my.zip', megabytes: 6, maxMegabytes: 5 }],
  });
});

test('a bomb is known by how much it shrank', async () => {
  const zeros = new Uint8Array(4 * 2 ** 20);
  const limits = { ...ZIP_LIMITS, ratioFromBytes: 2 ** 20 };
  const found = await read([part('1.jpg', { bytes: zeros, deflate: true })], limits);
  expect(found.files).toEqual([]);
  expect(found.problems).toMatchObject([{ code: 'zip-too-large', megabytes: 4 }]);
});

test('a bomb that lies about its size is cut off', async () => {
  const zeros = new Uint8Array(24 * 2 ** 20);
  const found = await read([
    part('1.jpg', { bytes: zeros, deflate: true, claimedBytes: 1000 }),
    part('2.jpg'),
  ]);
  expect(pathsOf(found)).toEqual(['my/2.jpg']);
  expect(found.problems).toEqual([{ code: 'file-damaged', file: 'my/1.jpg' }]);
});

test('one entry that is too large is left out', async () => {
  const limits = { ...ZIP_LIMITS, entryBytes: 1_000_000 };
  const found = await read([part('1.jpg', { claimedBytes: 2_000_000 }), part('2.jpg')], limits);
  expect(pathsOf(found)).toEqual(['my/2.jpg']);
  expect(found.problems).toEqual([
    { code: 'zip-too-large', file: 'my/1.jpg', megabytes: 2, maxMegabytes: 1 },
  ]);
});

test('too many entries are counted and refused', async () => {
  const parts = Array.from({ length: 12 }, (_, index) => part(`${String(index)}.jpg`));
  expect(await read(parts, { ...ZIP_LIMITS, entries: 10 })).toEqual({
    files: [],
    problems: [{ code: 'zip-too-many-entries', file: 'my.zip', entries: 12, maxEntries: 10 }],
  });
});

test('an empty archive holds nothing', async () => {
  expect(await read([])).toEqual({ files: [], problems: [] });
});

test('it can be cancelled at once and half-way', async () => {
  const parts = Array.from({ length: 300 }, (_, index) =>
    part(`${String(index)}.jpg`, { deflate: true }),
  );
  const file = await buildZip('my.zip', parts);
  await expect(readZip({ path: 'my.zip', file }, AbortSignal.abort())).rejects.toThrow(Cancelled);
  const controller = new AbortController();
  const reading = readZip({ path: 'my.zip', file }, controller.signal);
  setTimeout(() => {
    controller.abort();
  }, 5);
  await expect(reading).rejects.toThrow(Cancelled);
});

test('the page can answer while thousands of entries are read', async () => {
  const parts = Array.from({ length: 3000 }, (_, index) =>
    part(`hat/${String(index)}.jpg`, { deflate: index < 300 }),
  );
  const file = await buildZip('my.zip', parts);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const begun = performance.now();
  const { files } = await readZip({ path: 'my.zip', file });
  clearInterval(timer);
  expect(files).toHaveLength(3000);
  // A timer's turn at least every 50 ms on average, however busy the machine is.
  expect(turns).toBeGreaterThan((performance.now() - begun) / 50);
});
