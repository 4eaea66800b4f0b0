import { describe, expect, it } from 'vitest';
import { estimateMachine, type MachineToPrice } from './estimateMachine.ts';

const OWN = { cost: '14', days: 14, currency: 'USD' };

function machine(change: Partial<MachineToPrice> = {}): MachineToPrice {
  return {
    provider: 'gcp',
    region: 'us-central1',
    from: 'e2-standard-4',
    runs: true,
    change: { kind: 'resize', instanceType: 'e2-standard-2' },
    own: [OWN],
    hours: [],
    days: 14,
    ...change,
  };
}

describe('estimateMachine', () => {
  // 1 USD a day is 365 / 12 = 30.41666… a month; half the size saves half of it.
  it('halves what the machine was billed for half the size', () => {
    const { saving, basis } = estimateMachine(machine());
    expect(Number(saving?.amount)).toBeCloseTo(30.4166667 / 2, 6);
    expect(basis).toContain('14 of the last 14 days');
    expect(basis).toContain('commitments');
  });

  it('saves all of its bill when it is stopped, and costs it again when it is started', () => {
    const stop = estimateMachine(machine({ change: { kind: 'stop' } }));
    const start = estimateMachine(machine({ change: { kind: 'start' }, runs: false }));
    expect(Number(stop.saving?.amount)).toBeCloseTo(30.4166667, 6);
    expect(stop.basis).toContain('Disks');
    expect(Number(start.saving?.amount)).toBeCloseTo(-30.4166667, 6);
  });

  it('takes the rate paid for its type at AWS, which names no resources', () => {
    const hours = [{ instanceType: 'm5.large', cost: '33.6', hours: '336', currency: 'USD' }];
    const at = { provider: 'aws', region: 'us-east-1', from: 'm5.large', own: [], hours } as const;
    const stop = estimateMachine(machine({ ...at, change: { kind: 'stop' } }));
    expect(stop.saving).toEqual({ amount: '73', currency: 'USD' });
    expect(stop.basis).toContain('730 hours');
  });

  it.each([
    ['the machine was billed on two days only', { own: [{ ...OWN, days: 2 }] }, 'at least 3'],
    ['it was billed in two currencies', { own: [OWN, { ...OWN, currency: 'EUR' }] }, 'at least 3'],
    [
      'the family differs',
      { change: { kind: 'resize', instanceType: 'n2-standard-2' } },
      'derived',
    ],
    ['it is stopped', { runs: false }, 'stopped'],
    ['AWS billed no hours', { provider: 'aws', own: [], change: { kind: 'stop' } }, 'No hours'],
  ] as const)('makes no price up when %s', (_, change, why) => {
    const { saving, basis } = estimateMachine(machine(change));
    expect(saving).toBeNull();
    expect(basis).toContain(why);
  });
});
