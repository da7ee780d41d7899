import { expect, test } from 'vitest';
import { BACKBONES, BUILT_IN, findBackbone, parseBackboneId } from './backbone-catalogue.ts';
import { DEFAULT_PROJECT_OPTIONS } from './default-options.ts';

test('the first is the default, and ids are unique', () => {
  expect(BACKBONES[0].id).toBe(DEFAULT_PROJECT_OPTIONS.backboneId);
  expect(new Set(BACKBONES.map(({ id }) => id)).size).toBe(BACKBONES.length);
});

const mobilenets = BACKBONES.filter((backbone) => backbone !== BUILT_IN);

test.each(mobilenets)('$id says what it is', (backbone) => {
  const { inputSidePx, name } = backbone;
  expect(parseBackboneId(backbone.id)).toMatchObject({ inputSidePx, name });
  expect(findBackbone(backbone.id)).toBe(backbone);
});

test('the redirecting host is never the first where there is another', () => {
  for (const { hostings } of mobilenets) {
    expect(hostings.length).toBeGreaterThan(0);
    const redirecting = hostings.findIndex(({ url }) => url.includes('tfhub.dev'));
    if (redirecting >= 0) expect(redirecting).toBe(hostings.length - 1);
    for (const { url } of hostings)
      expect(new URL(url).pathname.endsWith('/model.json')).toBe(true);
  }
});

test('ids outside the catalogue are read too', () => {
  expect(parseBackboneId('mobilenet_v1_0.25_128')).toEqual({
    version: 1,
    alpha: 0.25,
    inputSidePx: 128,
    noTop: false,
    name: 'MobileNetV1 0.25',
  });
  for (const id of [
    'own-0123456789ab',
    '__proto__',
    '',
    'mobilenet_v3_1.0_224',
    'mobilenet_v2_1.0_224/..',
  ]) {
    expect(parseBackboneId(id)).toBeNull();
    expect(findBackbone(id)).toBeUndefined();
  }
});
