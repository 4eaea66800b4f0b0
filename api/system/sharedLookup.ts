/** Finds what some ids stand for; what does not exist is left out. */
export type Lookup<T> = (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;

interface Turn<T> {
  ids: Set<string>;
  found: Promise<ReadonlyMap<string, T>>;
}

/**
 * Looks things up for many requests at once: one query at a time, and whoever comes while it runs shares the next. A request
 * only joins a query that has not begun, so that nothing older than the request itself answers it: thousands of requests a
 * second share some hundred queries, and what was taken away is gone at once.
 */
export function createSharedLookup<T>(load: Lookup<T>): Lookup<T> {
  let waiting: Turn<T> | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const begin = (): Turn<T> => {
    const ids = new Set<string>();
    const earlier = running;
    const found = (async () => {
      await earlier;
      // All requests that were read in this turn of the event loop come along.
      await new Promise((resolve) => setImmediate(resolve));
      waiting = undefined;
      return load([...ids]);
    })();
    running = found.catch(() => undefined);
    return { ids, found };
  };

  return async (ids) => {
    if (ids.length === 0) return new Map();
    waiting ??= begin();
    for (const id of ids) waiting.ids.add(id);
    return waiting.found;
  };
}
