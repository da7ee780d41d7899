import { failed, ok, type Result } from '../../core/problem.ts';
import { tooLarge } from '../picture/open.ts';

/**
 * Rendering an SVG, which no worker can. In an `<img>` its scripts don't run
 * and nothing is loaded from elsewhere; of the pixels the page holds a handle only.
 */

/** Bounds of the rendered picture's longer side, in pixels: SVGs may say 1 or 100,000. */
const MIN_SIDE_PX = 512;
const MAX_SIDE_PX = 2048;

/** Going by its type or name: enough to ask for it to be rendered. */
export function isSvg(picture: Blob): boolean {
  const named = picture instanceof File && picture.name.toLowerCase().endsWith('.svg');
  return picture.type === 'image/svg+xml' || named;
}

/**
 * @param name for a problem: it says that it is larger than a picture may be, or it can't be rendered,
 *   or not without what only a page may see.
 */
export async function renderSvg(picture: Blob, name: string): Promise<Result<ImageBitmap>> {
  try {
    const image = await load(await dataUrlOf(picture.slice(0, picture.size, 'image/svg+xml')));
    // Known before anything of it is drawn.
    const { naturalWidth: widthPx, naturalHeight: heightPx } = image;
    const problem = tooLarge({ widthPx, heightPx }, name);
    return problem === null ? ok(draw(image)) : failed(problem);
  } catch {
    return failed({ code: 'file-damaged', file: name });
  }
}

/** Not by `decode()`: some browsers draw the whole of it for that, in whatever size it says. */
function load(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      resolve(image);
    };
    image.onerror = () => {
      reject(new Error('no picture'));
    };
    image.src = url;
  });
}

/** From a `blob:` address, HTML inside of an SVG locks its pixels away in Chromium. */
function dataUrlOf(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('unreadable'));
    };
    reader.readAsDataURL(picture);
  });
}

function draw(image: HTMLImageElement): ImageBitmap {
  // Without a size of its own some browsers say 0: a square then.
  const width = image.naturalWidth || MIN_SIDE_PX;
  const height = image.naturalHeight || MIN_SIDE_PX;
  const longer = Math.max(width, height);
  const scale = Math.min(MAX_SIDE_PX, Math.max(MIN_SIDE_PX, longer)) / longer;
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  // Throws where the pixels are locked away all the same: such a bitmap can't change hands.
  context.getImageData(0, 0, 1, 1);
  return canvas.transferToImageBitmap();
}
