const AGE_MS_MAX = 2_000;

/**
 * A value that is loaded again, once for all who wait, when it is older than 2 seconds: that costs one short query
 * however many requests come. A database that is away is an error, not the value of before.
 */
export function refreshed<T>(load: (before: T | undefined) => Promise<T>): () => Promise<T> {
  let known: { value: T; loadedAt: number } | undefined;
  let loading: Promise<T> | undefined;
  const reload = async (): Promise<T> => {
    const loadedAt = Date.now();
    known = { value: await load(known?.value), loadedAt };
    return known.value;
  };
  return () => {
    if (known !== undefined && Date.now() - known.loadedAt <= AGE_MS_MAX) {
      return Promise.resolve(known.value);
    }
    loading ??= reload().finally(() => (loading = undefined));
    return loading;
  };
}
