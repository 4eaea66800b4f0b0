/**
 * Takes the first items of a stream, up to `countMax`, and returns the whole of it: what waits for a slow source holds
 * nothing else meanwhile.
 *
 * @throws whatever the source throws for these items
 */
export async function readAhead<T>(
  source: AsyncIterable<T>,
  countMax: number,
): Promise<AsyncIterable<T>> {
  const iterator = source[Symbol.asyncIterator]();
  const ahead: T[] = [];
  while (ahead.length < countMax) {
    const next = await iterator.next();
    if (next.done === true) return replay(ahead);
    ahead.push(next.value);
  }
  return replay(ahead, iterator);
}

async function* replay<T>(ahead: readonly T[], rest?: AsyncIterator<T>): AsyncGenerator<T> {
  yield* ahead;
  for (;;) {
    const next = await rest?.next();
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}
