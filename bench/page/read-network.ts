import { findModel } from '../../src/engine/backbone/source.ts';
import { readGraph } from '../../src/network/read/graph-topology.ts';
import { importNetwork } from '../../src/network/read/import-network.ts';
import { featureLayerOf, readLayers } from '../../src/network/read/layers-topology.ts';
import { poolFeatures, type Network } from '../../src/network/network.ts';

/** A backbone from scaled pixels to pooled features, as the benchmark's site serves it. */
export async function readNetwork(id: string, inputSidePx: number): Promise<Network> {
  const signal = new AbortController().signal;
  const request = { kind: 'catalogue', id } as const;
  const found = await findModel(request, document.baseURI, () => undefined, signal);
  if (!found.ok) throw new Error(found.problem.code);
  const { parts } = found.value;
  const layers = parts.json.kind === 'layers-model' ? readLayers(parts.json) : null;
  const output =
    layers === null ? (readGraph(parts.json)?.featureNodes[0] ?? null) : featureLayerOf(layers);
  const read = importNetwork(parts, { inputSidePx, output });
  if (!read.ok) throw new Error(read.problem.code);
  return poolFeatures(read.value);
}
