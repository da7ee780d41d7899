/** Pictures that tests draw themselves: two kinds that any network tells apart. */
export async function drawPicture(
  kind: 'stripes' | 'discs',
  variant: number,
  type = 'image/png',
  widthPx = 96,
  heightPx = 72,
): Promise<File> {
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D canvas');
  context.fillStyle = kind === 'stripes' ? '#224' : '#cb8';
  context.fillRect(0, 0, widthPx, heightPx);
  context.fillStyle = kind === 'stripes' ? '#4af' : '#a22';
  for (let index = 0; index < 6; index++) {
    const x = ((index * 17 + variant * 5) % widthPx) + 2;
    const y = (index * 13 + variant * 7) % heightPx;
    if (kind === 'stripes') context.fillRect(x, 0, 6, heightPx);
    else {
      context.beginPath();
      context.arc(x, y, 5 + (variant % 4), 0, 2 * Math.PI);
      context.fill();
    }
  }
  const extension = type.slice(type.indexOf('/') + 1);
  const blob = await canvas.convertToBlob({ type, quality: 0.9 });
  return new File([blob], `${kind}-${variant}.${extension}`, { type });
}
