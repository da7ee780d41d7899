import { failed, type Result } from '../../core/problem.ts';
import type { Backbone } from './backbone.ts';
import type { RangeHints } from './input-shape.ts';
import type { ModelParts } from './model-parts.ts';

export function loadLayersBackbone(
  file: string,
  _parts: ModelParts,
  _hints: RangeHints,
): Promise<Result<Backbone>> {
  return Promise.resolve(failed({ code: 'model-no-features', file }));
}
