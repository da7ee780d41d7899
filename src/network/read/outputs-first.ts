import { at } from '../../core/at.ts';

/** A kernel's [pixels, in, out] as [out, in, pixels]: how ONNX and PyTorch have it. */
export function outputsAndChannelsFirst(
  kernel: Float32Array,
  pixels: number,
  inputs: number,
  outputs: number,
): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(kernel.length);
  let index = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        turned[index++] = at(kernel, (pixel * inputs + input) * outputs + output);
      }
    }
  }
  return turned;
}
