import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMoney, compareMoney, multiplyMoney } from '../money/money.ts';
import { estimateSaving, type ResizeToPrice } from './estimateSaving.ts';
import { scaleMoney } from './scaleMoney.ts';
import { sizeFactor } from './sizeFactor.ts';

const PAID = { instanceType: 'm5.xlarge', cost: '64.512', hours: '336', currency: 'USD' };

function resize(change: Partial<ResizeToPrice> = {}): ResizeToPrice {
  return {
    from: 'm5.xlarge',
    to: 'm5.large',
    region: 'us-east-1',
    runs: true,
    paid: [PAID],
    days: 14,
    ...change,
  };
}

describe('estimateSaving', () => {
  it('takes the rate really paid and halves it for half the size', () => {
    // m5.xlarge in us-east-1 is 0.192 USD an hour: 336 h = 64.512; half of 0.192 over 730 h = 70.08.
    const { saving, basis } = estimateSaving(resize());
    expect(saving).toEqual({ amount: '70.08', currency: 'USD' });
    expect(basis).toContain('0.192000 USD an hour');
    expect(basis).toContain('4 to 8');
    expect(basis).toContain('Savings Plans');
  });

  it('prefers what was paid for the target itself', () => {
    const target = { instanceType: 'm6g.large', cost: '10.5', hours: '150', currency: 'USD' };
    const { saving, basis } = estimateSaving(resize({ to: 'm6g.large', paid: [PAID, target] }));
    expect(saving).toEqual({ amount: '89.06', currency: 'USD' });
    expect(basis).toContain('Paid for m6g.large likewise');
  });

  it('shows a negative saving when the target costs more', () => {
    expect(estimateSaving(resize({ to: 'm5.2xlarge' })).saving?.amount).toBe('-140.16');
  });

  it.each([
    ['nothing was billed for the type', { paid: [] }, 'No hours of m5.xlarge'],
    ['the family differs', { to: 'c5.large' }, 'cannot be derived'],
    ['the target has no size factor', { to: 'm5.metal' }, 'cannot be derived'],
    ['the instance is stopped', { runs: false }, 'stopped'],
    [
      'two currencies were billed',
      { paid: [PAID, { ...PAID, currency: 'EUR' }] },
      'several currencies',
    ],
  ])('makes no price up when %s', (_, change, why) => {
    const { saving, basis } = estimateSaving(resize(change));
    expect(saving).toBeNull();
    expect(basis).toContain(why);
  });

  it('a resize there and back again saves nothing', () => {
    const sizes = fc.constantFrom('nano', 'micro', 'large', 'xlarge', '2xlarge', '24xlarge');
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 1_000_000 }), (a, b, cents) => {
        const cost = scaleMoney({ amount: String(cents), currency: 'USD' }, '1', '100').amount;
        const there = `t3.${a}`;
        const back = `t3.${b}`;
        const paid = (instanceType: string, factor: string) => ({
          instanceType,
          cost: multiplyMoney({ amount: cost, currency: 'USD' }, factor).amount,
          hours: '4',
          currency: 'USD',
        });
        const rows = [
          paid(there, sizeFactor(there)!.factor),
          ...(a === b ? [] : [paid(back, sizeFactor(back)!.factor)]),
        ];
        const first = estimateSaving(resize({ from: there, to: back, paid: rows })).saving!;
        const second = estimateSaving(resize({ from: back, to: there, paid: rows })).saving!;
        expect(compareMoney(addMoney(first, second), { amount: '0', currency: 'USD' })).toBe(0);
      }),
    );
  });
});

describe('sizeFactor', () => {
  // AWS whitepaper "Amazon EC2 Reserved Instances and Other AWS Reservation Models", table 3.
  it.each([
    ['nano', '0.25'],
    ['micro', '0.5'],
    ['small', '1'],
    ['medium', '2'],
    ['large', '4'],
    ['xlarge', '8'],
    ['2xlarge', '16'],
    ['4xlarge', '32'],
    ['8xlarge', '64'],
    ['9xlarge', '72'],
    ['10xlarge', '80'],
    ['12xlarge', '96'],
    ['16xlarge', '128'],
    ['24xlarge', '192'],
    ['32xlarge', '256'],
  ])('of %s is %s, as published', (size, factor) => {
    expect(sizeFactor(`m5.${size}`)).toEqual({ family: 'm5', factor });
  });

  it('is unknown for metal and for what is no type', () => {
    expect(sizeFactor('m5.metal')).toBeUndefined();
    expect(sizeFactor('m5')).toBeUndefined();
    expect(sizeFactor('m5.0xlarge')).toBeUndefined();
  });
});
