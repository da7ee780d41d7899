import type { Result } from '../../core/problem.ts';
import type { Backbone } from './backbone.ts';
import { loadGraphBackbone } from './graph-backbone.ts';
import type { FoundModel } from './source.ts';

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
