import { failed, ok, type Result } from '../../core/problem.ts';
import type { Inspection } from '../contract.ts';
import { refuseDrawing } from './drawing.ts';
import { hashOf } from './hash.ts';
import { bytesOf, decodeChecked, readHeader } from './open.ts';
import { encodePicture, makeThumbnail } from './thumbnail.ts';

/** `svg`: the page has to render it, then {@link inspectRendered} goes on. */
export type Inspected = Result<Inspection> | 'svg';

/** Looks at one file: is it a picture, how large, which bytes, what does it look like. */
export async function inspectFile(file: File): Promise<Inspected> {
  const header = await readHeader(file, file.name);
  if (!header.ok) return header;
  if (header.value === 'svg') return (await refuseDrawing(file)) ?? 'svg';
  const bytes = await bytesOrNull(file);
  if (bytes === null) return failed({ code: 'file-unreadable', file: file.name });
  // What is hashed is what is decoded, even if the file changes meanwhile.
  const copy = new Blob([bytes], { type: header.value.mimeType });
  const picture = await decodeChecked(copy, file.name, header.value);
  return picture.ok ? ok(await describe(bytes, picture.value, null)) : picture;
}

/** Goes on with an SVG that the page has rendered. The picture is closed. */
export async function inspectRendered(file: File, picture: ImageBitmap): Promise<Inspection> {
  const converted = await encodePicture(picture, 'image/png');
  return describe(await bytesOf(file), picture, converted);
}

async function bytesOrNull(file: File): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await bytesOf(file);
  } catch {
    return null;
  }
}

async function describe(
  bytes: Uint8Array<ArrayBuffer>,
  picture: ImageBitmap,
  converted: Blob | null,
): Promise<Inspection> {
  try {
    const [hash, thumbnail] = await Promise.all([hashOf(bytes), makeThumbnail(picture)]);
    return { hash, widthPx: picture.width, heightPx: picture.height, thumbnail, converted };
  } finally {
    picture.close();
  }
}
