import { expect, test } from 'vitest';
import { findRuntime } from './runtime.ts';

test.each([
  ['simd', 'simd'],
  ['tfjs', 'tfjs'],
  // In settings and addresses of earlier versions.
  ['kernel', 'simd'],
  ['webgl', null],
  [null, null],
])('%s is the runtime %s', (name, runtime) => {
  expect(findRuntime(name)).toBe(runtime);
});
