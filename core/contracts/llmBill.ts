import { z } from 'zod';
import { BILL_STATUSES } from '../llm/billStatus.ts';
import { LlmMeterContract, LlmProvider } from './llmPrice.ts';
import { Day, DecimalText, Id, Instant } from './scalars.ts';

/** How many days of bills may be asked for. */
export const BILL_DAYS_MAX = 31;

/** How compared bills are asked for. */
export const LlmBillsQuery = z.strictObject({
  connectionId: Id.meta({ description: 'The connection that the provider bills' }),
  from: Day.optional().meta({
    description: `First UTC day; default is ${String(BILL_DAYS_MAX)} days ago, and no day is older`,
  }),
});

const Usd = (description: string) => DecimalText.meta({ description });

/** One class of use of a day beside the provider's bill. */
export const LlmBillClass = z
  .object({
    connectionId: Id,
    provider: LlmProvider,
    day: Day,
    model: z.string().meta({ description: 'Empty where the bill names none' }),
    meter: LlmMeterContract.nullable().meta({
      description: 'null where the bill does not tell it',
    }),
    status: z.enum(BILL_STATUSES).meta({
      description:
        'agrees: within a percent or a cent. drifts: it does not. open_rate: the bill is higher by no more than the usage leaves open, as with long requests. unpriced: use without a known price. not_in_usage: billed, and not in the usage reports. not_billed: used, and not on the bill',
    }),
    ours: Usd('USD by our prices; null where there is no such use or no price').nullable(),
    oursMax: Usd('USD at most, where the use leaves two rates open').nullable(),
    theirs: Usd('USD that the provider billed'),
    difference: Usd('USD that the provider billed beyond our prices; below zero where less'),
    lines: z
      .array(z.object({ name: z.string(), amount: Usd('USD') }))
      .meta({ description: 'The lines of the bill, as the provider calls them' }),
    checkedAt: Instant,
  })
  .meta({ id: 'LlmBillClass' });

/** One class of use of a day beside the provider's bill. */
export type LlmBillClass = z.infer<typeof LlmBillClass>;

const LlmBillDay = z
  .object({
    day: Day,
    ours: Usd('USD by our prices, as far as there is a price'),
    theirs: Usd('USD that the provider billed'),
    difference: Usd('USD that the provider billed beyond our prices; below zero where less'),
    differencePercent: z
      .number()
      .nullable()
      .meta({ description: 'Of the bill; null where nothing was billed' }),
  })
  .meta({ id: 'LlmBillDay' });

/** Bills beside our prices: the classes, and the days that they sum to, the newest first. */
export const LlmBills = z
  .object({ items: z.array(LlmBillClass), days: z.array(LlmBillDay) })
  .meta({ id: 'LlmBills' });
