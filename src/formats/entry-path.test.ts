import { expect, test } from 'vitest';
import { cleanPath, extensionOf, folderOf, nameOf, pictureType } from './entry-path.ts';

test.each([
  ['hat/1.jpg', 'hat/1.jpg'],
  ['hat\\1.jpg', 'hat/1.jpg'],
  ['../../x/1.jpg', 'x/1.jpg'],
  ['a/../../b.jpg', 'a/b.jpg'],
  ['/etc/passwd', 'etc/passwd'],
  ['C:\\photos\\1.jpg', 'photos/1.jpg'],
  ['\\\\server\\share\\1.jpg', 'server/share/1.jpg'],
  ['./hat//1.jpg', 'hat/1.jpg'],
  ['__proto__/1.jpg', '__proto__/1.jpg'],
  ['a:b.jpg', 'a:b.jpg'],
])('%j is shown as %j', (name, path) => {
  expect(cleanPath(name)).toBe(path);
});

test('names, folders and extensions', () => {
  expect([folderOf('a/b/c.jpg'), nameOf('a/b/c.jpg')]).toEqual(['a/b/', 'c.jpg']);
  expect([folderOf('c.jpg'), nameOf('c.jpg')]).toEqual(['', 'c.jpg']);
  expect(['a.JPG', 'a.tar.gz', 'a', 'a.b/c', '.zip'].map(extensionOf)).toEqual([
    'jpg',
    'gz',
    '',
    '',
    'zip',
  ]);
  expect([pictureType('x.JPEG'), pictureType('x.txt'), pictureType('__proto__')]).toEqual([
    'image/jpeg',
    '',
    '',
  ]);
});
