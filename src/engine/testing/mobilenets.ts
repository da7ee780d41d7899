/**
 * MobileNetV1 and V2 with every kind of their layers, strides and widths and seeded weights, as graph
 * and as layers models. Only repeats of a block are left out, which add nothing but time.
 */
import { createGraphWriter } from './graph-writer.ts';
import { createLayersWriter } from './layers-writer.ts';
import type { Convolution, Depthwise, GeneratedFile } from './model-writer.ts';

export interface MobilenetOptions {
  readonly version: 1 | 2;
  readonly form: 'graph' | 'layers';
  /** The width, as a part of the full one. */
  readonly alpha: number;
  readonly sidePx: number;
  readonly seed?: number;
}

/** What both forms are built by. An image's side comes along, because Keras pads by it. */
interface Form {
  conv(name: string, from: Image, asked: Convolution): Image;
  depthwise(name: string, from: Image, asked: Depthwise): Image;
  add(name: string, one: Image, other: Image): Image;
}

interface Image {
  readonly name: string;
  readonly side: number;
  readonly channels: number;
}

/** @returns model.json and its one weight file. */
export function writeMobilenet(options: MobilenetOptions): GeneratedFile[] {
  return options.form === 'graph' ? asGraph(options) : asLayers(options);
}

/** A. Howard et al., 2017, table 1; one of the five blocks of 512, none of the last, of 1,024. */
const V1_BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [1024, 2],
] as const;

/** M. Sandler et al., 2018, table 2: expansion, channels, blocks (at most two here), first stride. */
const V2_BLOCKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 1, 2],
  [6, 64, 2, 2],
  [6, 96, 1, 1],
  [6, 160, 2, 2],
  [6, 320, 1, 1],
] as const;

function buildV1(form: Form, input: Image, alpha: number): Image {
  const wide = (channels: number) => Math.floor(channels * alpha);
  let last = form.conv('conv1', input, { size: 3, channels: 3, filters: wide(32), stride: 2 });
  for (const [index, [channels, stride]] of V1_BLOCKS.entries()) {
    const name = `conv_${String(index + 1)}`;
    last = form.depthwise(`${name}_dw`, last, { channels: last.channels, stride });
    last = pointwise(form, `${name}_pw`, last, wide(channels));
  }
  return last;
}

function buildV2(form: Form, input: Image, alpha: number): Image {
  const wide = (channels: number) => roundToEight(channels * alpha);
  let last = form.conv('Conv1', input, { size: 3, channels: 3, filters: wide(32), stride: 2 });
  for (const [stage, [expansion, channels, count, firstStride]] of V2_BLOCKS.entries())
    for (let block = 0; block < count; block++) {
      const name = `block_${String(stage)}_${String(block)}`;
      const from = last;
      const stride = block === 0 ? firstStride : 1;
      if (expansion > 1) last = pointwise(form, `${name}_expand`, last, expansion * from.channels);
      last = form.depthwise(`${name}_depthwise`, last, { channels: last.channels, stride });
      last = pointwise(form, `${name}_project`, last, wide(channels), false);
      if (block > 0) last = form.add(`${name}_add`, from, last);
    }
  return pointwise(form, 'Conv_1', last, roundToEight(1280 * Math.max(1, alpha)));
}

function pointwise(form: Form, name: string, from: Image, filters: number, active = true): Image {
  return form.conv(name, from, { size: 1, channels: from.channels, filters, stride: 1, active });
}

/** The paper's own rounding: to the nearest multiple of eight that takes no more than a tenth away. */
function roundToEight(channels: number): number {
  const near = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

const build = { 1: buildV1, 2: buildV2 } as const;
const strided = (side: number, stride: number) => Math.ceil(side / stride);
const CLASSES = 3;

/** With TF Hub's node names, by which the app knows the features. */
function asGraph({ version, alpha, sidePx, seed = 1 }: MobilenetOptions): GeneratedFile[] {
  const graph = createGraphWriter(seed);
  const prefix = `module_apply_default/MobilenetV${version}`;
  const form: Form = {
    conv: (name, { name: from, side }, asked) => ({
      name: graph.conv(`${prefix}/${name}/Conv2D`, from, asked),
      side: strided(side, asked.stride),
      channels: asked.filters,
    }),
    depthwise: (name, { name: from, side }, asked) => ({
      name: graph.depthwise(`${prefix}/${name}/depthwise`, from, asked),
      side: strided(side, asked.stride),
      channels: asked.channels,
    }),
    add: (name, one, other) => ({
      ...one,
      name: graph.add(`${prefix}/${name}`, one.name, other.name),
    }),
  };
  const input = { name: graph.input(sidePx), side: sidePx, channels: 3 };
  const { name: last, side, channels } = build[version](form, input, alpha);
  const pool = `${prefix}/Logits/${version === 1 ? 'global_pool' : 'AvgPool'}`;
  const pooled = { name: graph.averagePool(pool, last, side), side: 1, channels };
  const { name: logits } = pointwise(form, 'Logits/Conv2d_1c_1x1', pooled, CLASSES, false);
  return graph.write(sidePx, graph.squeeze(`${prefix}/Logits/output`, logits), CLASSES);
}

/** As Keras's applications build them without their top: paddings of their own before strides. */
function asLayers({ version, alpha, sidePx, seed = 1 }: MobilenetOptions): GeneratedFile[] {
  const net = createLayersWriter(seed);
  const normed = (name: string, channels: number, active: boolean) => {
    const norm = net.norm(name, channels);
    return active ? net.relu(norm) : norm;
  };
  const form: Form = {
    conv: (name, { name: from, side }, asked) => ({
      name: normed(net.conv(name, from, asked), asked.filters, asked.active ?? true),
      side: strided(side, asked.stride),
      channels: asked.filters,
    }),
    depthwise: (name, { name: from, side }, asked) => {
      const { channels, stride } = asked;
      // V1 pads below and to the right of whatever comes; V2 as "same" does (Keras's correct_pad).
      const before = version === 2 && side % 2 === 1 ? 1 : 0;
      const padded = stride === 1 ? from : net.pad(`${name}_pad`, from, [before, 1]);
      const layer = net.depthwise(name, padded, asked, stride === 1 ? 'same' : 'valid');
      const valid = Math.floor((side + before + 1 - 3) / stride) + 1;
      return {
        name: normed(layer, channels, true),
        side: stride === 1 ? side : valid,
        channels,
      };
    },
    add: (name, one, other) => ({ ...one, name: net.add(name, one.name, other.name) }),
  };
  const input = { name: net.input(sidePx), side: sidePx, channels: 3 };
  return net.write(`mobilenetv${version}_made`, build[version](form, input, alpha).name);
}
