import { isRecord, type ModelJson } from './model-parts.ts';

/** What a graph model's topology tells without running it. */
export interface GraphFacts {
  readonly input: string;
  /** Dimensions of the image input; −1 for one that is open. Null where it doesn't say. */
  readonly inputShape: readonly number[] | null;
  /** Where pooled features may be, the best guess first. */
  readonly featureNodes: readonly string[];
  /** Exported from TF Hub: its own first nodes scale [0, 1] to what the network wants. */
  readonly fromHub: boolean;
  /** Of the MobileNet whose node names TF Hub's releases have, else null. */
  readonly mobilenetVersion: 1 | 2 | null;
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Record<string, unknown>;
}

/** Pooling over space, as converters write it. */
const POOLINGS: ReadonlySet<string> = new Set(['AvgPool', 'Mean']);
const DENSE: ReadonlySet<string> = new Set(['MatMul', '_FusedMatMul']);

/** The pooled nodes that `@tensorflow-models/mobilenet` asks for by name. */
const MOBILENET_FEATURES: readonly (readonly [version: 1 | 2, node: string])[] = [
  [1, 'module_apply_default/MobilenetV1/Logits/global_pool'],
  [2, 'module_apply_default/MobilenetV2/Logits/AvgPool'],
];

/** Null where there is no single input to feed. */
export function readGraph({ topology, signature }: ModelJson): GraphFacts | null {
  const nodes = readNodes(topology['node']);
  const placeholders = nodes.filter((node) => node.op === 'Placeholder');
  const [placeholder] = placeholders;
  if (placeholder === undefined || placeholders.length > 1) return null;
  const names = new Set(nodes.map((node) => node.name));
  const mobilenet = MOBILENET_FEATURES.find(([, node]) => names.has(node));
  return {
    input: placeholder.name,
    inputShape: shapeInSignature(signature) ?? shapeOf(placeholder),
    featureNodes: findFeatures(nodes),
    fromHub: nodes.some((node) => node.name.includes('hub_input/')),
    mobilenetVersion: mobilenet?.[0] ?? null,
  };
}

/**
 * The last pooling on the way to the output feeds the classifier (earlier ones
 * are transitions or squeeze-and-excitation); failing that, what goes into the
 * last dense layer.
 */
function findFeatures(nodes: readonly GraphNode[]): string[] {
  const ordered = inExecutionOrder(nodes);
  const pooled = ordered.findLast((node) => POOLINGS.has(node.op));
  const dense = ordered.findLast((node) => DENSE.has(node.op))?.inputs[0];
  return [...new Set([pooled?.name, dense])].filter((name) => name !== undefined);
}

/** Inputs before what they feed; whatever feeds no output is left out. */
function inExecutionOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const consumed = new Set(nodes.flatMap((node) => node.inputs));
  const ordered: GraphNode[] = [];
  const seen = new Set<string>();
  // A stack of its own: a chain of thousands of nodes would overflow the call stack.
  const stack = nodes.filter((node) => !consumed.has(node.name)).map((node) => ({ node, next: 0 }));
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    seen.add(top.node.name);
    const input = top.node.inputs[top.next++];
    if (input === undefined) {
      ordered.push(top.node);
      stack.pop();
    } else if (!seen.has(input)) {
      const node = byName.get(input);
      if (node !== undefined) stack.push({ node, next: 0 });
    }
  }
  return ordered;
}

/** Whatever isn't one is left out. */
export function readNodes(list: unknown): GraphNode[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).filter(isRecord).map((node) => ({
    name: textOf(node['name']),
    op: textOf(node['op']),
    inputs: (Array.isArray(node['input']) ? (node['input'] as unknown[]) : [])
      .map(textOf)
      .filter((input) => !input.startsWith('^'))
      .map((input) => input.replace(/:\d+$/u, '')),
    attributes: isRecord(node['attr']) ? node['attr'] : {},
  }));
}

function shapeOf(placeholder: GraphNode): number[] | null {
  const attribute = placeholder.attributes['shape'];
  return isRecord(attribute) ? readDimensions(attribute['shape']) : null;
}

function shapeInSignature(signature: Record<string, unknown> | null): number[] | null {
  const inputs = signature?.['inputs'];
  if (!isRecord(inputs)) return null;
  const [input] = Object.values(inputs);
  return isRecord(input) ? readDimensions(input['tensorShape']) : null;
}

/** `{ dim: [{ size: "-1" }, { size: "224" } …] }` */
function readDimensions(shape: unknown): number[] | null {
  if (!isRecord(shape) || !Array.isArray(shape['dim'])) return null;
  return (shape['dim'] as unknown[]).map((dimension) =>
    isRecord(dimension) ? Number(dimension['size'] ?? -1) : -1,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A graph node's attributes, read as what they should be. */
export interface Attributes {
  text(name: string, missing: string): string;
  texts(name: string): readonly string[];
  number(name: string, missing: number): number;
  integers(name: string): readonly number[];
  flag(name: string): boolean;
  /** Rows and columns of an attribute with four sides; one by one where it is missing. */
  spatial(name: string): readonly [number, number];
}

export function readAttributes(attributes: Record<string, unknown>): Attributes {
  const field = (name: string, key: string): unknown => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : null;
    return isRecord(attribute) ? attribute[key] : undefined;
  };
  const list = (name: string, key: string): readonly unknown[] => {
    const values = field(name, 'list');
    const found = isRecord(values) ? values[key] : undefined;
    return Array.isArray(found) ? (found as unknown[]) : [];
  };
  const integers = (name: string) => list(name, 'i').map(Number);
  return {
    text: (name, missing) => decodedText(field(name, 's')) ?? missing,
    texts: (name) => list(name, 's').flatMap((value) => decodedText(value) ?? []),
    number: (name, missing) => {
      const value = field(name, 'f') ?? field(name, 'i');
      return value === undefined ? missing : Number(value);
    },
    integers,
    flag: (name) => field(name, 'b') === true,
    spatial: (name) => {
      const [, rows = 1, columns = 1] = integers(name);
      return [rows, columns];
    },
  };
}

/** Bytes are base64 in JSON. */
function decodedText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
