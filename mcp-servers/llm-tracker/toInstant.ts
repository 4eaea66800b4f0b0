/** A time as ISO 8601 UTC without milliseconds, which no bucket has. */
export const toInstant = (time: number): string =>
  new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
