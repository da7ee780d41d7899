/** A camera frame as a file, named for the moment it was taken. */
export function frameFile(blob: Blob, takenAt: Date = new Date()): File {
  const kind = /^image\/(\w+)/u.exec(blob.type)?.[1] ?? 'jpeg';
  const moment = takenAt.toISOString().replaceAll(':', '-').replace('Z', '');
  return new File([blob], `camera-${moment}.${kind}`, { type: blob.type });
}
