import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief } from './brief.ts';
import { AnswerEnvelope, PageEnvelope } from './envelope.ts';
import { defineToolContract } from './toolContract.ts';

/**
 * Calendar months before the current one in which AWS' and Azure's servers look for accounts: one that is silent for longer
 * is not listed. Google, OpenAI and Anthropic list by name, silent ones too.
 */
export const LISTED_MONTHS_BACK = 2;

/** Arguments of `list_accounts`. */
export const ListAccountsInput = z.strictObject({
  connectionId: argument.connectionId,
  cursor: argument.cursor,
  limit: argument.limit,
});

/** Arguments of `list_accounts` with their defaults filled in. */
export type ListAccountsInput = z.infer<typeof ListAccountsInput>;

/** An account whose costs the connection can see. */
export const AccountRow = brief(
  z.object({
    BillingAccountId: z.string().nullable().describe('Payer; null: not known'),
    BillingAccountName: z.string().nullable().describe('Payer name'),
    SubAccountId: z.string().describe('Account, subscription or project'),
    SubAccountName: z.string().nullable().describe('Its name'),
    status: z.enum(['active', 'closed', 'unknown']).describe('Whether it is open'),
  }),
  'BillingAccountId (null: not known), BillingAccountName, SubAccountId, SubAccountName, status active|closed|unknown',
);

/** An account whose costs the connection can see. */
export type AccountRow = z.infer<typeof AccountRow>;

/** Result of `list_accounts`. */
export const ListAccountsOutput = z.object({
  rows: z.array(AccountRow).describe('Accounts by id'),
  ...PageEnvelope,
  ...AnswerEnvelope,
});

/** Result of `list_accounts`. */
export type ListAccountsOutput = z.infer<typeof ListAccountsOutput>;

/** The accounts whose costs a connection can see. */
export const listAccountsContract = defineToolContract({
  name: 'list_accounts',
  title: 'List accounts',
  description:
    'Accounts, subscriptions or projects whose costs the connection can see, with their payer. Use their SubAccountId ' +
    'in the filter of query_costs.',
  input: ListAccountsInput,
  output: ListAccountsOutput,
});
