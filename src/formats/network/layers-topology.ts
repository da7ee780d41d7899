import type { InputRange } from '../../core/preprocess.ts';
import { isRecord, type ModelJson } from './model-parts.ts';

/** A layer as model.json describes it. */
export interface LayerNode {
  readonly name: string;
  /** Keras's name of its class, such as `Conv2D`; `Model`, `Functional` or `Sequential` for a nested model. */
  readonly className: string;
  readonly config: Record<string, unknown>;
  /** Names of the layers that feed it. */
  readonly inputs: readonly string[];
}

/** What a layers model's topology tells without building it. */
export interface LayersFacts {
  /** In the order of the file: inputs before what they feed. */
  readonly layers: readonly LayerNode[];
  /** Null where there are several. */
  readonly output: string | null;
  /** [batch, height, width, channels], −1 for an open one. */
  readonly inputShape: readonly number[] | null;
  /** A first layer that scales from [0, 255] itself. */
  readonly ownScaling: InputRange | null;
  /** Going by the name of the model or of one nested in it. */
  readonly isMobilenet: boolean;
}

/**
 * The layer whose output is the embedding, or has the embedding as its mean over space: the last
 * global average pooling, else the model's output.
 */
export function featureLayerOf({ layers, output }: LayersFacts): string | null {
  const pooling = layers.findLast(({ className }) => className === 'GlobalAveragePooling2D');
  return pooling?.name ?? output;
}

/** Null where the file isn't what Keras writes. */
export function readLayers({ topology }: ModelJson): LayersFacts | null {
  const model = isRecord(topology['model_config']) ? topology['model_config'] : topology;
  // A Sequential of old is a bare list.
  const config = isRecord(model['config']) ? model['config'] : { layers: model['config'] };
  if (!Array.isArray(config['layers'])) return null;
  const isSequential = model['class_name'] === 'Sequential';
  const entries = (config['layers'] as unknown[]).filter(isRecord);
  const layers = entries.map((entry, index) =>
    readLayer(entry, isSequential ? entries[index - 1] : null),
  );
  return {
    layers,
    output: isSequential ? (layers.at(-1)?.name ?? null) : readOutput(config['output_layers']),
    inputShape: findInputShape(entries),
    ownScaling: layers.some(({ className }) => className === 'Rescaling') ? [0, 255] : null,
    isMobilenet: [config['name'], ...layers.map(({ name }) => name)].some(
      (name) => typeof name === 'string' && /mobilenet/iu.test(name),
    ),
  };
}

function readLayer(
  entry: Record<string, unknown>,
  previous: Record<string, unknown> | null | undefined,
): LayerNode {
  const config = isRecord(entry['config']) ? entry['config'] : {};
  return {
    name: nameOf(entry),
    className: typeof entry['class_name'] === 'string' ? entry['class_name'] : '',
    config,
    inputs:
      previous === null ? readInbound(entry['inbound_nodes']) : previous ? [nameOf(previous)] : [],
  };
}

function nameOf(entry: Record<string, unknown>): string {
  const config = isRecord(entry['config']) ? entry['config'] : {};
  const name = entry['name'] ?? config['name'];
  return typeof name === 'string' ? name : '';
}

/** `[[["conv", 0, 0, {}], …]]`: the layer's first use, one entry for each input. */
function readInbound(nodes: unknown): string[] {
  const [first] = Array.isArray(nodes) ? (nodes as unknown[]) : [];
  if (!Array.isArray(first)) return [];
  return (first as unknown[]).flatMap((entry) => {
    const [name] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return typeof name === 'string' ? [name] : [];
  });
}

function readOutput(outputs: unknown): string | null {
  const [first, second] = Array.isArray(outputs) ? (outputs as unknown[]) : [];
  if (!Array.isArray(first) || second !== undefined) return null;
  const [name] = first as unknown[];
  return typeof name === 'string' ? name : null;
}

/** The first shape that a layer, or a layer nested in it, says of its input. */
function findInputShape(entries: readonly Record<string, unknown>[]): number[] | null {
  for (const { config } of entries) {
    if (!isRecord(config)) continue;
    const shape = config['batch_input_shape'] ?? config['batch_shape'];
    if (Array.isArray(shape)) {
      return (shape as unknown[]).map((side) => (typeof side === 'number' ? side : -1));
    }
    const nested = Array.isArray(config['layers']) ? (config['layers'] as unknown[]) : [];
    const found = findInputShape(nested.filter(isRecord));
    if (found !== null) return found;
  }
  return null;
}
