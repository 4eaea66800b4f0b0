import type { Schemas } from '../../client/api';

/** How far a budget has come towards one of its fractions. */
export interface Reach {
  fraction: number;
  state: 'reached' | 'forecast' | 'open';
  /** When it was warned of in this period, ISO instant. */
  warnedAt: string | undefined;
}

/** Each fraction of a budget, the lowest first. A forecast counts from the whole amount on, as its warnings do. */
export function reachOf({ amount, fractions, standing }: Schemas['Budget']): Reach[] {
  const share = (value: string | undefined) => Number(value ?? 0) / Number(amount);
  return [...fractions]
    .sort((a, b) => a - b)
    .map((fraction) => {
      const isReached = share(standing.actualToDate) >= fraction;
      const isForecast = fraction >= 1 && share(standing.forecast?.expected) >= fraction;
      return {
        fraction,
        state: isReached ? 'reached' : isForecast ? 'forecast' : 'open',
        warnedAt: standing.warnings.find((warning) => warning.fraction === fraction)?.createdAt,
      };
    });
}
