import { z } from 'zod';
import { brief } from './brief.ts';

/**
 * What costs can be grouped and filtered by, as FOCUS 1.2 names it. A source says in `describe_source` which of them it
 * has; besides these there are `Tags:<key>` and provider columns with the prefix `x_`.
 *
 * @see https://focus.finops.org/focus-specification/v1-2/ (columns)
 */
export const FOCUS_DIMENSIONS = [
  'ServiceName',
  'ServiceCategory',
  'RegionId',
  'SubAccountId',
  'ResourceId',
  'ChargeCategory',
  'SkuId',
  'SkuMeter',
  'PricingCategory',
] as const;

const TAG_PREFIX = 'Tags:';

/** The name of a dimension: a FOCUS column, `Tags:<key>` or `x_<Name>`. */
export const Dimension = brief(
  z
    .string()
    .regex(
      new RegExp(`^(${FOCUS_DIMENSIONS.join('|')}|x_[A-Za-z]{1,40}|${TAG_PREFIX}.{1,128})$`),
      `must be one of ${FOCUS_DIMENSIONS.join(', ')}, Tags:<key> or x_<Name>`,
    ),
  'FOCUS column or Tags:<key>',
);

/** The tag key of a `Tags:<key>` dimension; undefined for any other dimension. */
export function findTagKey(dimension: string): string | undefined {
  return dimension.startsWith(TAG_PREFIX) ? dimension.slice(TAG_PREFIX.length) : undefined;
}
