/**
 * The item at an index that is known to exist.
 *
 * A missing one is a defect in the caller, so it throws instead of becoming a
 * value (`?? 0`) that a computation would quietly carry on with.
 */
export function at<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) {
    throw new RangeError(`no item ${String(index)} among ${String(items.length)}`);
  }
  return item;
}
