/** What browsers know as pictures, and what cameras call them. */
const PICTURE_TYPES: ReadonlyMap<string, string> = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['jfif', 'image/jpeg'],
  ['png', 'image/png'],
  ['apng', 'image/png'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['gif', 'image/gif'],
  ['bmp', 'image/bmp'],
  ['svg', 'image/svg+xml'],
  ['heic', 'image/heic'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
]);

/** The type that a name promises; empty where it promises none. */
export function pictureType(name: string): string {
  return PICTURE_TYPES.get(extensionOf(name)) ?? '';
}

/** Lower-case, without the dot; empty where there is none. */
export function extensionOf(name: string): string {
  return /\.(?<extension>[^./\\]+)$/u.exec(name)?.groups?.['extension']?.toLowerCase() ?? '';
}

/**
 * An archive's entry name as a path to show and to read labels from. Nothing is
 * ever written to it, but `..`, roots and drive letters would only mislead.
 */
export function cleanPath(name: string): string {
  return name
    .replace(/^[A-Za-z]:(?=[/\\])/u, '')
    .split(/[/\\]/u)
    .filter((step) => step !== '' && step !== '.' && step !== '..')
    .join('/');
}

/** The folder of a path with its closing slash; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The path's last step. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
