import type { BackendName } from '../core/backend.ts';
import { ok, failed, type Problem, type Result } from '../core/problem.ts';
import { createEngine } from '../engine/client.ts';
import type { Engine } from '../engine/contract.ts';
import type { OpenClassifier } from './loaded.ts';
import type { ImportedClassifier } from '../formats/contract.ts';
import { ShapeError } from '../formats/field.ts';
import { BACKBONE_FOLDER, METADATA_FILE } from '../formats/metadata.ts';
import { parseMetadata } from '../formats/parse-metadata.ts';
import { readClassifier } from '../formats/read-classifier.ts';
import { planHead } from '../formats/read-tfjs-layers.ts';
import { HEAD_FILE } from '../formats/tfjs-layers.ts';

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

/** A file could not be had from the folder that the page lies in. */
class NotServed extends Error {
  override readonly name = 'NotServed';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/**
 * Fetches the export that the page is part of: the two descriptions first,
 * then the files that they name.
 *
 * @param onReceived told the bytes of all files so far.
 */
export async function fetchClassifier(
  folder: URL,
  onReceived: (bytes: number) => void,
): Promise<Result<ImportedClassifier>> {
  let received = 0;
  const get = (name: string): Promise<File> =>
    fetchFile(folder, name, (bytes) => {
      received += bytes;
      onReceived(received);
    });
  try {
    const [metadata, head] = await Promise.all([get(METADATA_FILE), get(HEAD_FILE)]);
    const names = [
      ...planHead(await head.text()).weightFiles,
      ...parseMetadata(await metadata.text()).backbone.files.map((name) => BACKBONE_FOLDER + name),
    ];
    const named = await Promise.all(
      names.map(async (name): Promise<[string, File]> => [name, await get(name)]),
    );
    return await readClassifier(new Map([[METADATA_FILE, metadata], [HEAD_FILE, head], ...named]));
  } catch (error) {
    if (error instanceof NotServed) return failed(error.problem);
    if (!(error instanceof ShapeError)) throw error;
    return failed({ code: 'classifier-invalid', file: error.file, reason: error.message });
  }
}

async function fetchFile(
  folder: URL,
  name: string,
  onBytes: (bytes: number) => void,
): Promise<File> {
  const url = new URL(name.split('/').map(encodeURIComponent).join('/'), folder);
  const fail = (error: unknown): never => {
    throw new NotServed({
      code: 'unexpected',
      reason: `“${name}” couldn’t be fetched whole (${String(error)}).`,
    });
  };
  const response = await fetch(url).catch(fail);
  if (!response.ok || response.body === null) {
    throw new NotServed({ code: 'model-weights-missing', file: HEAD_FILE, missing: [name] });
  }
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (part, controller) => {
        onBytes(part.byteLength);
        controller.enqueue(part);
      },
    }),
  );
  return new File([await new Response(counted).blob().catch(fail)], fileName(name));
}

/** Without its folder, as the engine wants a model's files named. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
