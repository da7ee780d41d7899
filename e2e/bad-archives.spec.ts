import { BAD_ARCHIVES, goodZip, HOSTILE_NAMES_ZIP } from './fixtures/bad-archives.ts';
import { writeFlat, writeLabelled } from './fixtures/folders.ts';
import { drawShapes } from './fixtures/shapes.ts';
import { expect, test } from './test.ts';

const CASES = [
  { archive: () => BAD_ARCHIVES.truncated, says: /truncated\.zip/ },
  { archive: () => BAD_ARCHIVES.encrypted, says: /secret\.zip is locked with a password/ },
  { archive: () => BAD_ARCHIVES.bomb, says: /bomb\.zip would unpack to/ },
  { archive: () => BAD_ARCHIVES.text, says: /letter\.zip/ },
] as const;

test('archives that can’t be used are named with their reason, and what is there stays', async ({
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(
    writeLabelled(info.outputPath('set'), drawShapes({ classes: 2, perClass: 3 })),
  );
  await headstart.expectPictures(6, 2);
  for (const { archive, says } of CASES) {
    await headstart.drop(...writeFlat(info.outputPath('zips'), [archive()]));
    expect((await headstart.leftOut()).join('\n')).toMatch(says);
    await headstart.expectPictures(6, 2);
  }
});

test('an archive inside of an archive is named, its pictures beside it are taken', async ({
  headstart,
}, info) => {
  await headstart.open();
  await headstart.drop(...writeFlat(info.outputPath('zips'), [BAD_ARCHIVES.nested]));
  await headstart.expectPictures(2, 1);
  expect((await headstart.leftOut()).join('\n')).toContain(
    'nested.zip holds another archive, inner.zip',
  );
});

test('a good archive works, and hostile names inside of one stay text', async ({
  headstart,
  page,
}, info) => {
  await headstart.open();
  await headstart.drop(...writeFlat(info.outputPath('zips'), [goodZip('good.zip', 4)]));
  await headstart.expectPictures(8, 2);
  await headstart.drop(...writeFlat(info.outputPath('zips'), [HOSTILE_NAMES_ZIP]));
  await headstart.expectPictures(16, 6);
  expect(await headstart.classNames()).toEqual(
    expect.arrayContaining([
      'x',
      '__proto__',
      'constructor',
      '<img src=x onerror=window.hostile=true>',
    ]),
  );
  expect(await page.evaluate(() => 'hostile' in window)).toBe(false);
  await headstart.train();
});
