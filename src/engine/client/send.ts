import { failed, ok, type Result } from '../../core/problem.ts';
import type { Visit } from '../contract.ts';
import type { SentFile } from '../picture/visit.ts';
import type { SentVisit } from '../remote.ts';

/**
 * Up to this size a file is read by the page and sent as its bytes. A File is a handle that the browser's
 * own process copies at each thread on its way; and the page has its bytes at hand to be kept. A larger
 * one is read by the worker that looks at it, and nobody else holds it meanwhile.
 */
const MOST_SENT_BYTES = 2 ** 20;

/** A file as it goes to be looked at. */
export async function toSend(file: File): Promise<Result<SentFile>> {
  const { name, size } = file;
  if (size === 0 || size > MOST_SENT_BYTES) return ok(file);
  try {
    return ok({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
  } catch {
    // It was moved, or permission to it withdrawn.
    return failed({ code: 'file-unreadable', file: name });
  }
}

/** What came back, with what is to be kept of the file. */
export function received({ inspection, row }: SentVisit, sent: SentFile): Result<Visit> {
  const { content, type, ...rest } = inspection;
  if (content !== null) return ok({ inspection: { ...rest, content }, row });
  if (sent instanceof File) throw new Error('a file came back without its bytes');
  return ok({ inspection: { ...rest, content: { type, bytes: sent.bytes } }, row });
}
