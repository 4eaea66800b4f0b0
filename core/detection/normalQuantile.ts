/**
 * The quantile of the standard normal distribution, to 4.5e-4 (Abramowitz & Stegun 1964, 26.2.23).
 *
 * @param p probability, between 0 and 1
 */
export function normalQuantile(p: number): number {
  if (p < 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(Math.max(1 - p, 1e-12)));
  const upper = 2.515517 + t * (0.802853 + t * 0.010328);
  return t - upper / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
