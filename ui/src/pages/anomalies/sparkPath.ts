/** Points of a line through values in a box, left to right, the largest at the top; zero is always within. */
export function sparkPoints(
  values: readonly number[],
  { width, height, inset }: { width: number; height: number; inset: number },
): { x: number; y: number }[] {
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const range = top - bottom || 1;
  const step = values.length < 2 ? 0 : (width - 2 * inset) / (values.length - 1);
  return values.map((value, place) => ({
    x: inset + place * step,
    y: inset + ((top - value) / range) * (height - 2 * inset),
  }));
}
