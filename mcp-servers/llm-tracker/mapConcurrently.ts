/**
 * The results of `ask` in the order of `items`, with at most `max` of them asked at the same time; none is begun after
 * one has failed.
 *
 * @throws what the first that fails throws
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  max: number,
  ask: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [i, item] of waiting) {
      if (failed) return;
      try {
        results[i] = await ask(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, work));
  return results;
}
