import type { Schemas } from '../../client/api';
import { METER_NAMES } from './meterNames';

type BillStatus = Schemas['LlmBillClass']['status'];

/** What became of comparing a class with the bill, and what that means. */
export const BILL_NOTES: Record<BillStatus, { name: string; tone: string; text: string }> = {
  agrees: { name: 'agrees', tone: 'good', text: '' },
  drifts: {
    name: 'drifts',
    tone: 'danger',
    text: 'The provider bills another price than ours. Look whether it has changed.',
  },
  open_rate: {
    name: 'open rate',
    tone: 'warn',
    text: 'Within what the usage report leaves open, such as the higher rate of long requests.',
  },
  unpriced: { name: 'no price', tone: 'warn', text: 'Some of this use has no known price.' },
  not_in_usage: {
    name: 'not in the usage',
    tone: 'warn',
    text: 'Billed, and in none of the provider’s usage reports.',
  },
  not_billed: { name: 'not billed', tone: 'warn', text: 'Used, and on no line of the bill.' },
};

/** What a class of the bill is called. */
export function billClassName({
  model,
  meter,
}: Pick<Schemas['LlmBillClass'], 'model' | 'meter'>): string {
  const kind = meter === null ? 'Other lines of the bill' : METER_NAMES[meter];
  return model === '' ? kind : `${model}: ${kind}`;
}
