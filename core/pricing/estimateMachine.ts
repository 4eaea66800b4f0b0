import type { Provider } from '../contracts/scalars.ts';
import { money, multiplyMoney, roundMoney, subtractMoney, type Money } from '../money/money.ts';
import {
  estimateSaving,
  HOURS_A_MONTH,
  paidRate,
  type PaidHours,
  type SavingEstimate,
} from './estimateSaving.ts';
import { machineSize } from './machineSize.ts';
import type { PaidResource } from './paid.ts';
import { scaleMoney } from './scaleMoney.ts';

/** A change of a machine to be priced, and what was paid lately. */
export interface MachineToPrice {
  provider: Provider;
  region: string;
  /** The machine's type now. */
  from: string;
  runs: boolean;
  change: { kind: 'resize'; instanceType: string } | { kind: 'stop' } | { kind: 'start' };
  /** Billed for the machine itself; empty where the provider names no resources. */
  own: readonly PaidResource[];
  /** AWS: billed for hours of the types in the region. */
  hours: readonly PaidHours[];
  /** Over how many days both were summed. */
  days: number;
}

// Fewer days could be the first hours of a machine, or the last.
const DAYS_MIN = 3;

const COMMITMENTS =
  'Reservations and commitments that cover this usage go on being paid, so the bill may fall by less.';
const REMAINS = 'Disks and reserved addresses go on being paid while it is stopped.';

/**
 * Estimates what a change of a machine saves a month, from what was really paid, never from a price made up here: first
 * from the machine's own bill, else, at AWS, from the rate paid for its type. Negative where it will cost more.
 */
export function estimateMachine(machine: MachineToPrice): SavingEstimate {
  const { change } = machine;
  if (change.kind === 'resize' && !machine.runs) {
    return unknown('The machine is stopped; while it is, its type costs nothing to run.');
  }
  const own = ownMonth(machine);
  if (own !== undefined) return fromOwn(machine, own);
  if (machine.provider !== 'aws') {
    return unknown(
      `Nothing was billed for this machine on at least ${DAYS_MIN} of the last ${machine.days} days, so the saving is not known.`,
    );
  }
  return fromHours(machine);
}

interface OwnMonth {
  monthly: Money;
  sentence: string;
}

/** What a month of the machine costs, by its own bill. */
function ownMonth({ own, days }: MachineToPrice): OwnMonth | undefined {
  const [row, ...others] = own;
  if (row === undefined || others.length > 0 || row.days < DAYS_MIN) return undefined;
  // 365 / 12 days a month, as the hours of a month are counted.
  const monthly = scaleMoney(money(row.cost, row.currency), '365', String(12 * row.days));
  return {
    monthly,
    sentence: `Billed for this machine on ${row.days} of the last ${days} days, after commitments: ${text(monthly)} a month.`,
  };
}

function fromOwn(machine: MachineToPrice, { monthly, sentence }: OwnMonth): SavingEstimate {
  const { change, provider, from } = machine;
  if (change.kind === 'stop') return { saving: monthly, basis: `${sentence} ${REMAINS}` };
  if (change.kind === 'start') {
    return { saving: negate(monthly), basis: `${sentence} It will cost that again.` };
  }
  const now = machineSize(provider, from);
  const then = machineSize(provider, change.instanceType);
  if (now === undefined || then?.family !== now.family) {
    return unknown(
      `${sentence} The price of ${change.instanceType} cannot be derived from that of ${from}, so the saving is not known.`,
    );
  }
  const after = scaleMoney(monthly, then.factor, now.factor);
  return {
    saving: subtractMoney(monthly, after),
    basis: `${sentence} Within a family the price follows the size (${then.factor} to ${now.factor}): ${text(after)} afterwards. ${COMMITMENTS}`,
  };
}

function fromHours(machine: MachineToPrice): SavingEstimate {
  const { change, from, region, hours, days, runs } = machine;
  if (change.kind === 'resize') {
    return estimateSaving({ from, to: change.instanceType, region, runs, paid: hours, days });
  }
  const paid = paidRate(from, { paid: hours, region, days });
  if ('why' in paid) return unknown(paid.why);
  const monthly = multiplyMoney(paid.rate, HOURS_A_MONTH);
  const sentence = `Paid for ${from} in ${region} over the last ${days} days: ${text(paid.rate, 6)} an hour, counted over ${HOURS_A_MONTH} hours a month.`;
  return change.kind === 'stop'
    ? { saving: monthly, basis: `${sentence} ${REMAINS} ${COMMITMENTS}` }
    : { saving: negate(monthly), basis: `${sentence} It will cost that again.` };
}

function negate(amount: Money): Money {
  return multiplyMoney(amount, '-1');
}

function unknown(basis: string): SavingEstimate {
  return { saving: null, basis };
}

function text(amount: Money, places = 2): string {
  return `${roundMoney(amount, places).amount} ${amount.currency}`;
}
