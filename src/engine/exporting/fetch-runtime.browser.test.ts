import { expect, it } from 'vitest';
import { NotFetched } from '../../core/problem.ts';
import { fetchRuntime } from './runner.ts';

it('gives the bytes', async () => {
  const address = URL.createObjectURL(new Blob([Uint8Array.of(1, 2, 3)]));
  try {
    expect(new Uint8Array(await fetchRuntime(address, 'a runtime'))).toEqual(
      Uint8Array.of(1, 2, 3),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
});

it.each([
  { why: 'nothing answers', address: 'http://localhost:9/runtime.wasm' },
  { why: 'it is not there', address: '/models/none.wasm' },
])('names what could not be fetched: $why', async ({ address }) => {
  const failure = await fetchRuntime(address, 'a runtime').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NotFetched);
  expect(failure).toMatchObject({ part: 'a runtime' });
});
