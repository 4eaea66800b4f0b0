import { z } from 'zod';
import type { CostDimension } from '../../contracts/usage.ts';

/**
 * What the platform's stored costs can be grouped by: FOCUS columns, and `x_` for what FOCUS has no column for. The
 * values are the API's own names.
 */
export const PLATFORM_DIMENSIONS = {
  ServiceName: 'service',
  SubAccountId: 'account',
  RegionId: 'region',
  x_Provider: 'provider',
  x_ConnectionId: 'connection',
} as const satisfies Record<string, CostDimension>;

/** A dimension of the platform's stored costs. */
export const PlatformDimension = z.enum(
  Object.keys(PLATFORM_DIMENSIONS) as (keyof typeof PLATFORM_DIMENSIONS)[],
);

/** A dimension of the platform's stored costs. */
export type PlatformDimension = z.infer<typeof PlatformDimension>;
