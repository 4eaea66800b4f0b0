import { Decimal } from 'decimal.js';
import { CostGuardError } from '../errors.ts';

/**
 * An exact amount in one currency. `amount` is a plain decimal string (no exponent), `currency` an ISO 4217 code as in
 * FOCUS `BillingCurrency`.
 */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

// 40 significant digits hold any invoice to the billionth of a cent; `numeric` in Postgres is exact as well.
const Exact = Decimal.clone({ precision: 40, toExpNeg: -1e9, toExpPos: 1e9 });

// As it would be written anyway: most amounts are, and pages hold thousands.
const PLAIN = /^(0|-?[1-9]\d*|-?(0|[1-9]\d*)\.\d*[1-9])$/;

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/**
 * Reads a decimal string, for instance a provider's `Amount`, into its plain form (`1.5E-3` becomes `0.0015`).
 *
 * @throws CostGuardError `provider_answer_invalid` when the text is not a finite decimal number
 */
export function toDecimalString(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!DECIMAL.test(text.trim())) {
    throw new CostGuardError('provider_answer_invalid', 'An amount is not a decimal number.', {
      internal: { length: text.length },
    });
  }
  return new Exact(text.trim()).toString();
}

/** Builds an amount from a decimal string. @throws CostGuardError `provider_answer_invalid` for anything else */
export function money(amount: string, currency: string): Money {
  return { amount: toDecimalString(amount), currency };
}

/** Adds exactly. @throws CostGuardError `currency_mismatch` when the currencies differ */
export function addMoney(a: Money, b: Money): Money {
  assertSameCurrency(a, b);
  return { amount: new Exact(a.amount).plus(b.amount).toString(), currency: a.currency };
}

/** Subtracts `b` from `a` exactly. @throws CostGuardError `currency_mismatch` when the currencies differ */
export function subtractMoney(a: Money, b: Money): Money {
  assertSameCurrency(a, b);
  return { amount: new Exact(a.amount).minus(b.amount).toString(), currency: a.currency };
}

/** Multiplies by an exact factor given as a decimal string, for instance hours or tokens. */
export function multiplyMoney(a: Money, factor: string): Money {
  return {
    amount: new Exact(a.amount).times(toDecimalString(factor)).toString(),
    currency: a.currency,
  };
}

/** Rounds half to even at `places` decimals; for what is shown, never for what is stored. */
export function roundMoney(a: Money, places: number): Money {
  return {
    amount: new Exact(a.amount).toDecimalPlaces(places, Decimal.ROUND_HALF_EVEN).toFixed(places),
    currency: a.currency,
  };
}

/** Sums decimal strings of one currency exactly; an empty list gives `0`. */
export function sumDecimals(amounts: Iterable<string>): string {
  let sum = new Exact(0);
  for (const amount of amounts) sum = sum.plus(amount);
  return sum.toString();
}

/** The product of `factors` over that of `divisors`, decimal strings, divided last: exact where the result is finite. */
export function multiplyRatio(factors: readonly string[], divisors: readonly string[]): string {
  const product = (values: readonly string[]) =>
    values.reduce((sum, value) => sum.times(value), new Exact(1));
  return product(factors).dividedBy(product(divisors)).toString();
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. @throws CostGuardError `currency_mismatch` */
export function compareMoney(a: Money, b: Money): number {
  assertSameCurrency(a, b);
  return new Exact(a.amount).comparedTo(b.amount);
}

function assertSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) {
    throw new CostGuardError(
      'currency_mismatch',
      `Amounts in ${a.currency} and ${b.currency} cannot be combined; ask for one currency at a time.`,
    );
  }
}
