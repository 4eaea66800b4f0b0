import { expect, test } from 'vitest';
import { billStatus } from './billStatus.ts';
import { type BilledLine, type PricedClass, reconcile } from './reconcile.ts';

const use = (more: Partial<PricedClass>): PricedClass => ({
  ...{ model: 'gpt-5.4', meter: 'input', amount: '10', mayAdd: '0', isUnpriced: false },
  ...more,
});
const bill = (amount: string, more: Partial<BilledLine> = {}): BilledLine => ({
  ...{ model: 'gpt-5.4', meter: 'input', amount, line: 'gpt-5.4, input' },
  ...more,
});
const statuses = (ours: PricedClass[], theirs: BilledLine[]) =>
  reconcile(ours, theirs).map(billStatus);

test.each([
  ['within a percent', [use({})], [bill('10.1')], ['agrees']],
  ['above, with nothing left open', [use({})], [bill('11')], ['drifts']],
  ['above, within what long requests may add', [use({ mayAdd: '4' })], [bill('14')], ['open_rate']],
  ['above even that', [use({ mayAdd: '4' })], [bill('15')], ['drifts']],
  ['below, though the rates are open', [use({ mayAdd: '4' })], [bill('9')], ['drifts']],
  ['use without a price', [use({ amount: '0', isUnpriced: true })], [bill('9')], ['unpriced']],
  ['use of which a part has no price', [use({ isUnpriced: true })], [bill('12')], ['unpriced']],
  ['use that is on no bill', [use({})], [], ['not_billed']],
  ['a bill of counted use that is missing', [], [bill('9')], ['not_in_usage']],
  [
    'a bill of what no report counts',
    [],
    [bill('1', { model: '', meter: 'code_interpreter' })],
    ['not_in_usage'],
  ],
  [
    'use that is counted and has no price, of a kind that few have',
    [use({ model: '', meter: 'code_interpreter', amount: '0', isUnpriced: true })],
    [bill('1', { model: '', meter: 'code_interpreter' })],
    ['unpriced'],
  ],
  ['free use', [use({ amount: '0' })], [], ['agrees']],
] as const)('%s', (_name, ours, theirs, expected) => {
  expect(statuses([...ours], [...theirs])).toEqual(expected);
});

test('the bill’s own lines are named, each with its amount', () => {
  const unnamed = { model: '', meter: '' } as const;
  const [row, ...none] = reconcile(
    [],
    [
      bill('1', { ...unnamed, line: 'assistants api | file storage' }),
      bill('2', { ...unnamed, line: 'gpt-live session' }),
      bill('3', { ...unnamed, line: 'gpt-live session' }),
    ],
  );
  expect(none).toEqual([]);
  expect(row).toMatchObject({
    ours: null,
    theirs: '6',
    lines: { 'assistants api | file storage': '1', 'gpt-live session': '5' },
  });
});
