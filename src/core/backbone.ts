import type { InputRange } from './preprocess.ts';
import type { Sha256 } from './dataset.ts';

/** What is known of a backbone once it is loaded. */
export interface BackboneInfo {
  /** Such as `mobilenet_v2_1.0_224`; for a person's own model see {@link ownBackboneId}. */
  readonly id: string;
  /** Shown to a person: "MobileNetV2 1.0", or the name of the file that was chosen. Hostile text. */
  readonly name: string;
  readonly kind: 'graph-model' | 'layers-model';
  /** SHA-256 over the bytes of model.json followed by each weight file's bytes in manifest order. */
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly inputSidePx: number;
  readonly inputRange: InputRange;
  /** Numbers in one embedding. */
  readonly embeddingLength: number;
  /** The pooled feature layer or node whose output is the embedding, to repeat it elsewhere. */
  readonly featureLayer: string;
  /** Where it was had from. */
  readonly source: 'own-origin' | 'public-hosting' | 'cache' | 'files';
}

const OWN = 'own-';

/** Of a model that a person brought: told from its bytes, whatever its files are called. */
export function ownBackboneId(sha256: Sha256): string {
  return OWN + sha256.slice(0, 12);
}

export function isOwnBackboneId(id: string): boolean {
  return id.startsWith(OWN);
}

/** Where a download stands. `totalBytes` is null until the server says. */
export interface DownloadProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
}

/** A file of a model, as it was fetched. */
export interface ModelFile {
  /** Flat name without a path. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
