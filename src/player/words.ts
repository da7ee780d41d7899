import type { BackendName } from '../core/backend.ts';
import type { Problem } from '../core/problem.ts';

/**
 * What the exported page says. Plain English and no catalogue: the page
 * travels alone, and whoever hosts it may rewrite it.
 */
export const WORDS = {
  loading: 'Loading the classifier…',
  starting: 'Starting…',
  emptyTitle: 'Drop a picture here',
  emptyHint: 'or paste one, choose one, or use the camera.',
  choose: 'Choose a picture',
  camera: 'Use the camera',
  stopCamera: 'Stop the camera',
  otherCamera: 'Other camera',
  dropNow: 'Let go to classify it',
  answers: 'Answer',
  noAnswer: 'The answer will appear here.',
  privacy: 'Everything happens on this device. No picture leaves it.',
  tryAgain: 'Try again',
} as const;

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** More labels than this make a sentence that nobody reads. */
const MAX_NAMED_LABELS = 6;

/** "Tells hat, dress and shoes apart." */
export function purposeOf(labels: readonly string[]): string {
  if (labels.length > MAX_NAMED_LABELS) {
    const rest = `${String(labels.length - MAX_NAMED_LABELS)} more`;
    return `Tells ${list.format([...labels.slice(0, MAX_NAMED_LABELS), rest])} apart.`;
  }
  return `Tells ${list.format(labels)} apart.`;
}

/** "When it was made, it was right on 93 % of 120 pictures that it had not seen (87 to 96 %)." */
export function qualityOf(
  accuracy: number,
  count: number,
  interval: readonly [number, number],
): string {
  const [low, high] = interval.map((share) => String(Math.round(share * 100)));
  return (
    `When it was made, it was right on ${percent(accuracy)} of ${String(count)} ` +
    `pictures that it had not learned from (${low ?? ''} to ${high ?? ''} %).`
  );
}

/** As in the app: never rounded up to certainty. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${String(share < 1 ? Math.min(rounded, 99) : rounded)} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const BACKENDS: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
};

export function runsOn(backend: BackendName): string {
  return `Runs on ${BACKENDS[backend]}`;
}

/** Said to a screen reader when a picture has been answered. */
export function announce(label: string, probability: number): string {
  return `${label}, ${percent(probability)}`;
}

/** What happened, and what to do. */
export function problemText(problem: Problem): string {
  switch (problem.code) {
    case 'file-empty':
      return `“${problem.file}” is empty.`;
    case 'file-not-an-image':
      return `“${problem.file}” is not a picture.`;
    case 'file-damaged':
    case 'file-unreadable':
      return `“${problem.file}” is damaged and can't be shown.`;
    case 'image-too-large':
      return `“${problem.file}” is too large: ${String(problem.widthPx)} × ${String(problem.heightPx)} pixels.`;
    case 'drawing-too-large':
      return `“${problem.file}” is too large: it holds ${String(problem.megapixels)} megapixels.`;
    case 'camera-refused':
      return 'The camera was not allowed. Allow it in the browser’s address bar, or drop a picture.';
    case 'camera-missing':
      return 'No camera was found. Drop a picture instead.';
    case 'camera-busy':
      return 'Another program is using the camera. Close it and try again.';
    case 'camera-unsupported':
      return 'The camera only works on https pages and on this computer. Drop a picture instead.';
    case 'model-json-invalid':
    case 'classifier-invalid':
      return `“${problem.file}” can't be read: ${problem.reason}. Unpack the export again.`;
    case 'model-weights-missing':
      return `Files are missing beside this page: ${problem.missing.join(', ')}. Unpack the whole export.`;
    case 'model-weights-short':
      return `“${problem.file}” is incomplete. Unpack the export again.`;
    case 'backend-failed':
      return `This browser can't run the classifier: ${problem.reason}`;
    case 'unexpected':
      return problem.reason;
    default:
      return `It can't go on (${problem.code}).`;
  }
}
