import type { BackboneInfo } from '../../core/backbone.ts';
import type { Result } from '../../core/problem.ts';
import type { Backbone } from '../backbone.ts';
import { loadGraphBackbone } from './graph-library.ts';
import type { RangeHints } from '../read/read-backbone.ts';
import type { ModelParts } from '../read/model-parts.ts';

/** A backbone in memory, before it is on any device. */
export interface FoundModel {
  readonly parts: ModelParts;
  readonly hints: RangeHints;
  readonly identity: Pick<BackboneInfo, 'id' | 'name' | 'kind' | 'sha256' | 'bytes' | 'source'>;
}

/** Puts a backbone onto the device in use. */
export async function loadBackbone({
  parts,
  hints,
  identity,
}: FoundModel): Promise<Result<Backbone>> {
  const { name } = identity;
  if (parts.json.kind === 'graph-model') return loadGraphBackbone(name, parts, hints);
  // Layers models load code of their own.
  const { loadLayersBackbone } = await import('./layers-backbone.ts');
  return loadLayersBackbone(name, parts, hints);
}
