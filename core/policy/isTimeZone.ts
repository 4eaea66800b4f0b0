/** Whether the text names a time zone that this runtime knows, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(text: string): boolean {
  // The runtime also takes offsets, which know no summer time, and names in any case.
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
