import type { Sample } from '../core/dataset.ts';
import { toKept, type KeptBlob } from './kept-blob.ts';
import type { WriteTransaction } from './schema.ts';

/** A sample with what is to be kept of it. */
export interface SampleParts {
  readonly sample: Sample;
  readonly file?: Blob;
  readonly thumbnail?: Blob;
}

/** The same, ready to be written within one transaction. */
export interface KeptParts {
  readonly sample: Sample;
  readonly file: KeptBlob | null;
  readonly thumbnail: KeptBlob | null;
}

/** @throws where a file can't be read. */
export async function keepBlobs({ sample, file, thumbnail }: SampleParts): Promise<KeptParts> {
  return {
    sample,
    file: file ? await toKept(file) : null,
    thumbnail: thumbnail ? await toKept(thumbnail) : null,
  };
}

export function putSamples(transaction: WriteTransaction, kept: readonly KeptParts[]): void {
  for (const { sample, file, thumbnail } of kept) {
    request(transaction.objectStore('samples').put(sample));
    if (file) request(transaction.objectStore('files').put(file, sample.id));
    if (thumbnail) request(transaction.objectStore('thumbnails').put(thumbnail, sample.id));
  }
}

/** A rejected request aborts its transaction, whose own error says more. */
export function request(pending: Promise<unknown>): void {
  pending.catch(() => undefined);
}
