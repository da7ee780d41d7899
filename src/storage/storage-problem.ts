import type { Problem } from '../core/problem.ts';

/** Chromium's name for a picture whose file on disk went away before it was copied. */
const UNREADABLE = new Set(['NotReadableError', 'NotFoundError']);

/** What a failed transaction means to a person. */
export async function storageProblem(error: unknown, fileName = ''): Promise<Problem> {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const reason =
    error instanceof Error || error instanceof DOMException ? error.message : String(error);
  if (name === 'QuotaExceededError') {
    return { code: 'storage-full', usedMegabytes: await usedMegabytes() };
  }
  if (UNREADABLE.has(name) || /write blobs/i.test(reason)) {
    return { code: 'file-unreadable', file: fileName };
  }
  return { code: 'storage-refused', reason: reason || name };
}

async function usedMegabytes(): Promise<number | null> {
  try {
    const { usage } = await navigator.storage.estimate();
    return usage === undefined ? null : Math.round(usage / 1e6);
  } catch {
    return null;
  }
}
