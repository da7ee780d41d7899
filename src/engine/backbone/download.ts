import type { DownloadProgress, ModelFile } from '../../core/backbone.ts';
import type { Problem } from '../../core/problem.ts';
import {
  checkWeights,
  flatName,
  groupBytes,
  parseModelJson,
  type ModelParts,
} from '../../network/read/model-parts.ts';

/** Awaited, so that a slow page slows the download instead of piling up reports. */
export type ReportProgress = (progress: DownloadProgress) => void | Promise<void>;

/** Why one place didn't serve: `reason` is for the list of what was tried. */
export interface NotServed {
  readonly reason: string;
  /** Where there was something, but it was cut off or wrong. */
  readonly problem: Problem | null;
}

export type Download = { ok: true; value: ModelParts } | { ok: false; value: NotServed };

/** Between two reports. */
const REPORT_BYTES = 256 * 1024;

/**
 * Fetches a model.json and its weights.
 *
 * @param url of the model.json; a query (TF Hub's `?tfjs-format=file`) goes on to the weights.
 * @throws when the signal aborts.
 */
export async function downloadModel(
  id: string,
  url: URL,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Download> {
  const count: Count = { id, received: 0, total: null, reported: 0, report };
  try {
    const bytes = await fetchBytes(url, count, signal);
    const json = parseModelJson(url.pathname, bytes);
    if (!json.ok) return notServed(reasonOf(json.problem), null);
    count.total = bytes.byteLength + sum(json.value.groups.map(groupBytes));
    const files: ModelFile[] = [{ name: 'model.json', bytes }];
    for (const path of json.value.groups.flatMap((group) => group.paths)) {
      const weights = await fetchBytes(weightUrl(path, url), count, signal);
      files.push({ name: flatName(path), bytes: weights });
    }
    await report({ receivedBytes: count.received, totalBytes: count.total });
    return checked({ json: json.value, files });
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    // Once bytes have come, this is the place: it didn't finish.
    const { received, total } = count;
    const interrupted: Problem = {
      code: 'backbone-interrupted',
      id,
      receivedBytes: received,
      totalBytes: total,
    };
    return notServed(reason, received > 0 ? interrupted : null);
  }
}

interface Count {
  readonly id: string;
  readonly report: ReportProgress;
  received: number;
  total: number | null;
  reported: number;
}

async function fetchBytes(
  url: URL,
  count: Count,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
  const announced = announcedBytes(response);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    chunks.push(read.value);
    length += read.value.byteLength;
    count.received += read.value.byteLength;
    if (count.received - count.reported < REPORT_BYTES) continue;
    count.reported = count.received;
    await count.report({ receivedBytes: count.received, totalBytes: count.total });
  }
  if (announced !== null && length < announced) throw new Error('cut off');
  return joined(chunks, length);
}

/** Null where it isn't said, or said of the compressed form. */
function announcedBytes({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? null : Number(length);
}

function joined(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function weightUrl(path: string, model: URL): URL {
  const url = new URL(path, model);
  url.search = model.search;
  return url;
}

function checked(parts: ModelParts): Download {
  const complete = checkWeights(parts);
  if (complete.ok) return { ok: true, value: parts };
  return notServed(reasonOf(complete.problem), complete.problem);
}

function notServed(reason: string, problem: Problem | null): Download {
  return { ok: false, value: { reason, problem } };
}

function reasonOf(problem: Problem): string {
  return 'reason' in problem ? problem.reason : problem.code;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
