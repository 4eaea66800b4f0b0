/** The newest values of a stream, kept in order of arrival and in order of size, so that a quantile costs nothing. */
export interface SortedWindow {
  readonly ring: Float64Array;
  readonly sorted: Float64Array;
  count: number;
  next: number;
}

/** A window that holds the newest `capacity` values, in memory from `take`. */
export function createSortedWindow(
  capacity: number,
  take: (length: number) => Float64Array = (length) => new Float64Array(length),
): SortedWindow {
  return { ring: take(capacity), sorted: take(capacity), count: 0, next: 0 };
}

/** Adds a value and drops the oldest one of a full window. Only the values between the two places move. */
export function pushToWindow(window: SortedWindow, value: number): void {
  const { ring, sorted } = window;
  let at = window.count;
  if (at === ring.length) {
    const oldest = ring[window.next] ?? 0;
    at = positionOf(sorted, at, oldest);
    const end = ring.length - 1;
    for (; at < end; at += 1) {
      const next = sorted[at + 1] ?? 0;
      if (next >= value) break;
      sorted[at] = next;
    }
  } else {
    window.count = at + 1;
  }
  for (; at > 0; at -= 1) {
    const before = sorted[at - 1] ?? 0;
    if (before <= value) break;
    sorted[at] = before;
  }
  sorted[at] = value;
  ring[window.next] = value;
  window.next += 1;
  if (window.next === ring.length) window.next = 0;
}

/** The quantile by linear interpolation between order statistics; NaN for an empty window. */
export function windowQuantile(window: SortedWindow, q: number): number {
  if (window.count === 0) return NaN;
  const position = (window.count - 1) * q;
  const below = Math.floor(position);
  const low = window.sorted[below] ?? 0;
  const high = window.sorted[Math.min(below + 1, window.count - 1)] ?? 0;
  return low + (high - low) * (position - below);
}

/** First index of `value` in the first `count` sorted values. */
function positionOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
