import { expect, test } from 'vitest';
import { pooledSpace } from '../core/embedding.ts';
import { Cancelled } from '../core/problem.ts';
import { createEmbeddingStore, HeldSpace } from './embedding-store.ts';

const values = (first: number) => Float32Array.of(first, first + 0.5, -first);

function filled(count: number): HeldSpace {
  const space = new HeldSpace(pooledSpace('a', 'centre'));
  for (let row = 0; row < count; row++) space.add({ hash: `h${String(row)}`, values: values(row) });
  return space;
}

test('rows are numbered as they come, and stay where they are while others come', () => {
  const space = filled(3);
  const second = space.at(1);
  for (let row = 3; row < 700; row++)
    expect(space.add({ hash: `h${String(row)}`, values: values(row) })).toBe(row);
  expect(space.embeddingLength).toBe(3);
  expect(space.at(1).buffer).toBe(second.buffer);
  for (const row of [0, 1, 255, 256, 511, 512, 699]) {
    expect(space.rowOf(`h${String(row)}`)).toBe(row);
    expect([...space.at(row)]).toEqual([...values(row)]);
  }
  expect(space.rowOf('other')).toBe(-1);
  expect(() => space.at(5000)).toThrow(RangeError);
});

test('a picture has one row: the first embedding of it stays', () => {
  const space = filled(2);
  expect(space.add({ hash: 'h1', values: values(9) })).toBe(1);
  expect([...space.at(1)]).toEqual([...values(1)]);
});

test('rows of another length are a defect', () => {
  expect(() => filled(1).add({ hash: 'x', values: new Float32Array(4) })).toThrow(RangeError);
});

test('what is dropped is wiped and answers no more, and the rest keeps its numbers', () => {
  const space = filled(3);
  const memory = space.at(1);
  expect(space.drop(new Set(['h1', 'other']))).toBe(true);
  expect(space.drop(new Set(['h1', 'other']))).toBe(false);
  expect([0, 1, 2].map((row) => space.rowOf(`h${String(row)}`))).toEqual([0, -1, 2]);
  expect([...memory]).toEqual([0, 0, 0]);
  expect(() => space.at(1)).toThrow(Cancelled);
  expect([...space.at(2)]).toEqual([...values(2)]);
  expect([...space.hashes]).toEqual(['h0', 'h2']);
  // One that comes again gets another.
  expect(space.add({ hash: 'h1', values: values(7) })).toBe(3);
  expect([...space.at(3)]).toEqual([...values(7)]);
});

test('memory of rows that are all gone is given back, that of others stays', () => {
  const space = filled(600);
  const [first, second] = [space.at(0).buffer, space.at(256).buffer];
  const all = Array.from({ length: 256 }, (_, row) => `h${String(row)}`);
  space.drop(all.slice(1));
  expect(space.at(0).buffer).toBe(first);
  space.drop(all);
  expect(() => space.at(0)).toThrow(Cancelled);
  expect(space.at(256).buffer).toBe(second);
  expect(space.add({ hash: 'h0', values: values(1) })).toBe(600);
});

test('a space that was let go is another when it is opened again', () => {
  const store = createEmbeddingStore();
  const [one, other] = [pooledSpace('a', 'centre'), pooledSpace('b', 'centre')];
  const first = store.open(one);
  const beside = store.open(other);
  expect(store.open({ ...one })).toBe(first);
  store.keepBackbones(new Set(['b']));
  expect(store.held(first.id)).toBeNull();
  expect(store.held(beside.id)).toBe(beside);
  expect(store.open(one).id).not.toBe(first.id);
});

test('in every space rows are dropped, and all that have one are listed', () => {
  const store = createEmbeddingStore();
  const [one, other] = [
    store.open(pooledSpace('a', 'centre')),
    store.open(pooledSpace('b', 'pad')),
  ];
  one.add({ hash: 'h1', values: values(1) });
  other.add({ hash: 'h1', values: values(2) });
  other.add({ hash: 'h2', values: values(3) });
  expect(new Set(store.hashes())).toEqual(new Set(['h1', 'h2']));
  expect(store.drop(new Set(['h1', 'h3']))).toBe(true);
  expect([one.rowOf('h1'), other.rowOf('h1'), other.rowOf('h2')]).toEqual([-1, -1, 1]);
  expect(store.drop(new Set(['h1']))).toBe(false);
});

test('of a backbone the two views opened last are held', () => {
  const store = createEmbeddingStore();
  const centre = store.open(pooledSpace('a', 'centre'));
  const pad = store.open(pooledSpace('a', 'pad'));
  expect(store.open(pooledSpace('a', 'centre'))).toBe(centre);
  store.open(pooledSpace('a', 'stretch'));
  expect(store.held(pad.id)).toBeNull();
  expect(store.held(centre.id)).toBe(centre);
});
