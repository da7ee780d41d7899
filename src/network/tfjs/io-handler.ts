import type { io } from '@tensorflow/tfjs-core';
import type { ModelParts } from '../read/model-parts.ts';

/** The model in the form that TF.js loads from memory. */
export function asIoHandler({ json, files }: ModelParts): io.IOHandler {
  const artifacts: io.ModelArtifacts = {
    format: json.kind,
    modelTopology: json.topology,
    // The types of what it decodes are looked at when the manifest is read.
    weightSpecs: json.groups.flatMap((group) => group.weights as io.WeightsManifestEntry[]),
    weightData: files.slice(1).map((file) => file.bytes.slice().buffer),
  };
  if (json.signature !== null) artifacts.signature = json.signature;
  return { load: () => Promise.resolve(artifacts) };
}
