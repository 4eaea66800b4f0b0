import { sumDecimals } from '../../money/money.ts';
import { TOKEN_METERS } from '../tokenMeters.ts';
import type { MeterUse, RequestUse } from './measureUse.ts';

/** One point of a grouped series: USD as exact decimals, whole numbers as text. */
export interface SpendPoint extends RequestUse {
  /** '' where the source tells none; null for the remainder. */
  key: string | null;
  /** Start of the point, a UTC instant. */
  at: string;
  /** What is known of the cost; null where nothing is. */
  cost: string | null;
  /** The longest bucket in it, in seconds. */
  bucketSeconds: number;
  meters: MeterUse[];
}

/** The tokens of all kinds of a point. */
export const tokensOf = ({ meters }: Pick<SpendPoint, 'meters'>): string =>
  sumDecimals(meters.filter(({ meter }) => TOKEN_METERS.includes(meter)).map(({ units }) => units));
