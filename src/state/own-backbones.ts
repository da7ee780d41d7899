import type { BackboneInfo } from '../core/backbone.ts';
import type { Result } from '../core/problem.ts';
import type { BackboneRequest } from '../engine/contract.ts';
import type { Store } from '../storage/contract.ts';

/** Where to get a backbone of this id from: one that came from files is only in the store. */
export async function requestFor(
  id: string,
  store: Pick<Store, 'readBackbone'>,
): Promise<BackboneRequest> {
  const own = await store.readBackbone(id);
  return own
    ? { kind: 'files', files: own.files, inputRange: own.inputRange }
    : { kind: 'catalogue', id };
}

/** Keeps a backbone that came from files, so that it is there when the project is opened again. */
export function keepOwn(
  backbone: BackboneInfo,
  files: readonly File[],
  store: Pick<Store, 'saveBackbone'>,
): Promise<Result<void>> {
  return store.saveBackbone({ id: backbone.id, files, inputRange: backbone.inputRange });
}
