/** Reads "50, 80, 100" into fractions; what is no number becomes NaN, which the server refuses by name. */
export function toFractions(percents: string): number[] {
  return percents
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => Math.round(Number(part) * 10) / 1000);
}

/** A fraction as a person writes it: 0.8 is `80%`. */
export const formatFraction = (fraction: number): string => `${Math.round(fraction * 1000) / 10}%`;

/** The same for a field with many. */
export const fromFractions = (fractions: readonly number[]): string =>
  fractions.map((fraction) => String(Math.round(fraction * 1000) / 10)).join(', ');
