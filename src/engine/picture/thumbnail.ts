/** Longer side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE_PX = 192;

/** A WebP, or a JPEG where the browser can't encode WebP: the whole picture, over white. */
export async function makeThumbnail(picture: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, THUMBNAIL_SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(picture.width * scale)),
    Math.max(1, Math.round(picture.height * scale)),
  );
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('no 2D canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'medium';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
  if (webp.type === 'image/webp') return webp;
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}

/** Encodes a whole picture: PNG without loss, JPEG over black at a quality for keeping. */
export async function encodePicture(
  picture: ImageBitmap,
  type: 'image/png' | 'image/jpeg',
): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(picture, 0, 0);
  return canvas.convertToBlob({ type, quality: 0.95 });
}
