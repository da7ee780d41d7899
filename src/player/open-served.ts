import type { BackendName } from '../core/backend.ts';
import { ok } from '../core/problem.ts';
import { createEngine } from '../engine/client.ts';
import type { Engine } from '../engine/contract.ts';
import { fetchClassifier } from './fetch-classifier.ts';
import type { OpenClassifier } from './loaded.ts';

const BACKEND_NAMES: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

/** The classifier whose files lie in a folder of a web server, by TF.js. */
export function openServed(folder: URL): OpenClassifier {
  let engine: Engine | null = null;
  return async (onReceived) => {
    const fetched = await fetchClassifier(folder, onReceived);
    if (!fetched.ok) return fetched;
    const { head, classes, backboneFiles, inputRange, crop, test, validation } = fetched.value;
    engine ??= createEngine();
    const own = engine;
    const started = await own.start({ backend: askedBackend() });
    if (!started.ok) return started;
    let { backend } = started.value;
    own.onEvent((event) => {
      if (event.kind === 'backend') ({ backend } = event.status);
    });
    const request = { kind: 'files', files: backboneFiles, inputRange } as const;
    const loaded = await own.loadBackbone(request);
    if (!loaded.ok) return loaded;
    await own.useHead(head);
    return ok({
      labels: classes.map((one) => one.label),
      crop,
      evaluation: test ?? validation,
      backend: () => backend,
      classify: (picture) => own.classify(picture, crop),
    });
  };
}

/** `?backend=` as in the app; for comparing, and for machines that choose badly. */
function askedBackend(): BackendName | null {
  const asked = new URLSearchParams(location.search).get('backend');
  return BACKEND_NAMES.find((name) => name === asked) ?? null;
}
