import * as tf from '@tensorflow/tfjs-core';
import { failed, ok, type Result } from '../../core/problem.ts';
import { countOf, pointsOf, type Backbone, type BackboneInside } from '../backbone.ts';
import type { Network } from '../network.ts';
import {
  readBackbone,
  readNetwork,
  type BackboneReading,
  type FoundModel,
} from '../read/read-backbone.ts';
import { computed, scaleTo, toTensor, type LibraryModel, type ReadBack } from './conversions.ts';
import { createTfjsNetwork, type TfjsNetwork } from './tfjs-network.ts';

/** The side that `@tensorflow-models/mobilenet` resizes everything to. */
const PACKAGE_SIDE_PX = 224;

/**
 * Puts a backbone onto TF.js's device in use: a MobileNet of TF Hub's by its own package, else the
 * network that is read from it, else what a library makes of it.
 */
export async function loadBackbone(
  found: FoundModel,
  readBack: ReadBack,
): Promise<Result<Backbone>> {
  const { parts, hints, identity } = found;
  const reading = readBackbone(identity.name, parts, hints);
  if (!reading.ok) return reading;
  const { mobilenetVersion, inputSidePx } = reading.value;
  try {
    if (mobilenetVersion !== null && inputSidePx === PACKAGE_SIDE_PX) {
      const { loadPackage } = await import('./graph-library.ts');
      const model = await loadPackage(parts, mobilenetVersion, reading.value);
      return ok(byLibrary(model, found, reading.value, readBack));
    }
    const read = readNetwork(parts, reading.value);
    if (read.ok) {
      const { network, featureLayer } = read.value;
      return ok(byNetwork(network, featureLayer, found, reading.value, readBack));
    }
    const model = await loadByLibrary(parts, reading.value);
    if (model === null) return failed({ code: 'model-no-features', file: identity.name });
    return ok(byLibrary(model, found, reading.value, readBack));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed({ code: 'model-json-invalid', file: identity.name, reason });
  }
}

/** Each library is loaded when a model needs it. */
export async function loadByLibrary(
  parts: FoundModel['parts'],
  reading: BackboneReading,
): Promise<LibraryModel | null> {
  if (parts.json.kind === 'graph-model') {
    const { loadGraph } = await import('./graph-library.ts');
    return loadGraph(parts, reading);
  }
  const { loadLayers } = await import('./layers-library.ts');
  return loadLayers(parts, reading);
}

/** @throws where the network doesn't run; its weights are gone then. */
function byNetwork(
  network: Network,
  featureLayer: string,
  found: FoundModel,
  reading: BackboneReading,
  readBack: ReadBack,
): Backbone {
  const onDevice = createTfjsNetwork(network);
  const embed = (pixels: tf.Tensor4D) =>
    onDevice.run(scaleTo(reading.inputRange, pixels)) as tf.Tensor2D;
  const model = { featureLayer, embed, dispose: onDevice.dispose };
  const inside = insideOf(network, () => onDevice, reading, readBack);
  return createBackbone(model, found, reading, readBack, () => inside);
}

/** Its inside is the network that is read from it, where it can be. @throws as {@link byNetwork}. */
export function byLibrary(
  model: LibraryModel,
  { parts, identity }: Pick<FoundModel, 'parts' | 'identity'>,
  reading: BackboneReading,
  readBack: ReadBack,
): Backbone {
  const { inputSidePx } = reading;
  let onDevice: TfjsNetwork | null = null;
  let inside: BackboneInside | null | undefined;
  const readInside = () => {
    const read = readNetwork(parts, { inputSidePx, featureLayers: [model.featureLayer] });
    if (!read.ok) return null;
    const { network } = read.value;
    return insideOf(network, () => (onDevice ??= createTfjsNetwork(network)), reading, readBack);
  };
  const dispose = () => {
    model.dispose();
    onDevice?.dispose();
  };
  const whole = { ...model, dispose };
  return createBackbone(whole, { identity }, reading, readBack, () => (inside ??= readInside()));
}

function createBackbone(
  { embed, featureLayer, dispose }: LibraryModel,
  { identity }: Pick<FoundModel, 'identity'>,
  { inputSidePx, inputRange }: BackboneReading,
  readBack: ReadBack,
  inside: Backbone['inside'],
): Backbone {
  try {
    // A run on zeros also shows that it runs.
    const embeddingLength = tf.tidy(
      () => embed(tf.zeros([1, inputSidePx, inputSidePx, 3])).shape[1],
    );
    return {
      info: { ...identity, inputSidePx, inputRange, embeddingLength, featureLayer },
      embed: (batch) => computed(() => embed(toTensor(batch, inputSidePx)), readBack),
      inside,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** @param onDevice what it runs on, once it is to be run. */
function insideOf(
  network: Network,
  onDevice: () => TfjsNetwork,
  { inputSidePx, inputRange }: BackboneReading,
  readBack: ReadBack,
): BackboneInside {
  return {
    ...pointsOf(network),
    run: (batch, to) => {
      // Outside of what is tidied up: its weights stay.
      const runner = onDevice();
      return computed(
        () => runner.run(scaleTo(inputRange, toTensor(batch, inputSidePx)), 0, to.step),
        readBack,
      );
    },
    resume: (activations, from, to) => {
      const runner = onDevice();
      return computed(() => {
        const input = tf.tensor(activations, [countOf(activations, from), ...from.shape]);
        return runner.run(input, from.step, to.step);
      }, readBack);
    },
  };
}
