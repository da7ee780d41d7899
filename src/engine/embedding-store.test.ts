import { expect, test } from 'vitest';
import { pooledSpace } from '../core/embedding.ts';
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

test('what is forgotten is wiped, and the rest keeps its numbers', () => {
  const space = filled(3);
  space.keepOnly(new Set(['h0', 'h2']));
  expect([0, 1, 2].map((row) => space.rowOf(`h${String(row)}`))).toEqual([0, -1, 2]);
  expect([...space.at(1)]).toEqual([0, 0, 0]);
  expect([...space.at(2)]).toEqual([...values(2)]);
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
  store.keepOnly(new Set());
  expect(store.held(beside.id)).toBeNull();
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
