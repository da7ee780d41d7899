import { findModel } from '../../src/engine/backbone/source.ts';
import type { Network } from '../../src/network/network.ts';
import { readBackbone, readNetwork as readPooled } from '../../src/network/read/read-backbone.ts';

/** A backbone from scaled pixels to pooled features, as the benchmark's site serves it. */
export async function readNetwork(id: string): Promise<Network> {
  const signal = new AbortController().signal;
  const request = { kind: 'catalogue', id } as const;
  const found = await findModel(request, document.baseURI, () => undefined, signal);
  if (!found.ok) throw new Error(found.problem.code);
  const { parts, hints } = found.value;
  const reading = readBackbone(id, parts, hints);
  if (!reading.ok) throw new Error(reading.problem.code);
  const read = readPooled(parts, reading.value);
  if (!read.ok) throw new Error(read.problem.code);
  return read.value.network;
}
