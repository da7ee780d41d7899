import type { InputRange } from '../../core/preprocess.ts';
import { isRecord, type ModelJson } from './model-parts.ts';

/** A layer as model.json describes it. */
export interface LayerNode {
  readonly name: string;
  /** Keras's name of its class, such as `Conv2D`. */
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

/** Models nested in each other are read as one. Null where the file isn't what Keras writes. */
export function readLayers({ topology }: ModelJson): LayersFacts | null {
  const model = isRecord(topology['model_config']) ? topology['model_config'] : topology;
  const entries = entriesOf(model);
  if (entries === null) return null;
  const flat: FlatLayers = { layers: [], modelNames: [], aliases: new Map() };
  const output = flatten(flat, model, null, 0);
  const { layers } = flat;
  return {
    layers,
    output,
    inputShape: findInputShape(entries),
    ownScaling: layers.some(({ className }) => className === 'Rescaling') ? [0, 255] : null,
    isMobilenet: [...flat.modelNames, ...layers.map(({ name }) => name)].some((name) =>
      /mobilenet/iu.test(name),
    ),
  };
}

function nameOf(entry: Record<string, unknown>): string {
  const config = isRecord(entry['config']) ? entry['config'] : {};
  const name = entry['name'] ?? config['name'];
  return typeof name === 'string' ? name : '';
}

/** Null where it has none. A Sequential of old is a bare list. */
function entriesOf({ config }: Record<string, unknown>): Record<string, unknown>[] | null {
  const layers = isRecord(config) ? config['layers'] : config;
  return Array.isArray(layers) ? (layers as unknown[]).filter(isRecord) : null;
}

interface FlatLayers {
  readonly layers: LayerNode[];
  readonly modelNames: string[];
  /** A nested model's output, and what feeds one, under the names that its surroundings use. */
  readonly aliases: Map<string, string>;
}

const MODELS: ReadonlySet<unknown> = new Set(['Sequential', 'Model', 'Functional']);
/** Deeper ones would only fill the stack. */
const MAX_DEPTH = 16;

/**
 * Appends a model's layers, and those of the models in it.
 *
 * @param feed the layer that its input is; null for the outermost, which has its own.
 * @returns the layer that its output is; null where there are several.
 */
function flatten(
  flat: FlatLayers,
  model: Record<string, unknown>,
  feed: string | null,
  depth: number,
): string | null {
  const { layers, modelNames, aliases } = flat;
  const entries = entriesOf(model) ?? [];
  const isSequential = model['class_name'] === 'Sequential';
  const outer = (name: string) => aliases.get(name) ?? name;
  modelNames.push(nameOf(model));
  let last = feed;
  for (const [index, entry] of entries.entries()) {
    const name = nameOf(entry);
    const className = typeof entry['class_name'] === 'string' ? entry['class_name'] : '';
    const config = isRecord(entry['config']) ? entry['config'] : {};
    const chained = last === null ? [] : [last];
    const inputs = isSequential ? chained : readInbound(entry['inbound_nodes']).map(outer);
    if (className === 'InputLayer' && feed !== null) {
      aliases.set(name, feed);
      last = feed;
    } else if (MODELS.has(className) && depth < MAX_DEPTH) {
      last = flatten(flat, entry, inputs[0] ?? null, depth + 1);
      if (last !== null) aliases.set(name, last);
    } else {
      const bare = isSequential && index === 0 && last === null && className !== 'InputLayer';
      if (bare) layers.push({ name: `${name}_input`, className: 'InputLayer', config, inputs: [] });
      layers.push({ name, className, config, inputs: bare ? [`${name}_input`] : inputs });
      last = name;
    }
  }
  if (isSequential) return last;
  const { config } = model;
  const output = isRecord(config) ? readOutput(config['output_layers']) : null;
  return output === null ? null : outer(output);
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
function findInputShape(entries: readonly Record<string, unknown>[], depth = 0): number[] | null {
  if (depth > MAX_DEPTH) return null;
  for (const { config } of entries) {
    const own = isRecord(config) ? config : {};
    const shape = own['batch_input_shape'] ?? own['batch_shape'];
    if (Array.isArray(shape)) {
      return (shape as unknown[]).map((side) => (typeof side === 'number' ? side : -1));
    }
    const found = findInputShape(entriesOf({ config }) ?? [], depth + 1);
    if (found !== null) return found;
  }
  return null;
}
