import type { BackboneRequest } from '../engine/contract.ts';
import type { ProjectStore } from '../storage/contract.ts';

/** Where to get a backbone of this id from: one that came from files is only in the store. */
export async function requestFor(
  id: string,
  store: Pick<ProjectStore, 'readBackbone'>,
): Promise<BackboneRequest> {
  const own = await store.readBackbone(id);
  return own
    ? { kind: 'files', files: own.files, inputRange: own.inputRange }
    : { kind: 'catalogue', id };
}
