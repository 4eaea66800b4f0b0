import { z } from 'zod';
import { ActionKind, ActionStatus } from './action.ts';
import { ActionSaving, SavingVerdict } from './actionSaving.ts';
import { pageOf, PageQuery } from './page.ts';
import { Currency, DecimalText, Id, Provider, ProviderText } from './scalars.ts';

/** An action with what it saved. */
export const Saving = ActionSaving.extend({
  actionId: Id,
  kind: ActionKind,
  status: ActionStatus,
  connectionId: Id,
  connectionName: z.string(),
  provider: Provider,
  resourceId: ProviderText,
  resourceName: z.string().nullable(),
}).meta({ id: 'Saving' });

/** An action with what it saved. */
export type Saving = z.infer<typeof Saving>;

/** What all actions that are seen saved, in one currency. */
export const SavingTotal = z
  .object({
    currency: Currency,
    promisedMonthly: DecimalText.meta({ description: 'Of the actions that were carried out' }),
    expected: DecimalText,
    actual: DecimalText,
    saved: DecimalText,
    lower: DecimalText.meta({
      description: 'Lower end of the 90% interval of saved, as if actions did not hang together',
    }),
    upper: DecimalText,
    monthlySaved: DecimalText.nullable().meta({
      description:
        'saved, scaled from the measured days to 365/12 days; null before any was measured',
    }),
    monthlyLower: DecimalText.nullable(),
    monthlyUpper: DecimalText.nullable(),
    realised: z.int(),
    regressed: z.int(),
    cannotTell: z.int(),
    measuring: z.int().meta({ description: 'Not final yet; counted in no verdict' }),
  })
  .meta({ id: 'SavingTotal' });

/** What all actions that are seen saved, in one currency. */
export type SavingTotal = z.infer<typeof SavingTotal>;

/** A page of savings, newest first, with the totals of all of them. */
export const SavingPage = pageOf('SavingItems', Saving)
  .extend({ totals: z.array(SavingTotal).meta({ description: 'One for each currency' }) })
  .meta({ id: 'SavingPage' });

/** How savings are listed. */
export const SavingListQuery = z.strictObject({
  ...PageQuery,
  verdict: SavingVerdict.optional(),
  connectionId: Id.optional(),
});
