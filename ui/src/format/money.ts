const formatters = new Map<string, Intl.NumberFormat>();

// Making a formatter costs a hundred times what using it does.
function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = formatters.get(key) ?? new Intl.NumberFormat(undefined, options);
  formatters.set(key, known);
  return known;
}

// Intl takes decimal text exactly; the type only knows literals.
const exact = (amount: string | number) => amount as Intl.StringNumericLiteral | number;

// An amount that would show as zero and is not shows its first digits instead.
const isTiny = (amount: string | number) =>
  Number(amount) !== 0 && Math.abs(Number(amount)) < 0.005;

/** An exact decimal as text, shown as money with the digits that its currency has. */
export function formatMoney(amount: string | number, currency: string): string {
  const tiny = isTiny(amount) ? { maximumSignificantDigits: 2 } : {};
  return formatter({ style: 'currency', currency, ...tiny }).format(exact(amount));
}

/** What is only expected: whole units, four digits at most, since more would claim to be known. */
export function formatEstimate(amount: string | number, currency: string): string {
  const units = Math.abs(Number(amount));
  if (units < 100) return formatMoney(amount, currency);
  const digits = Math.min(4, Math.floor(Math.log10(units)) + 1);
  return formatter({ style: 'currency', currency, maximumSignificantDigits: digits }).format(
    exact(amount),
  );
}

/** What one of many costs, a request or 1,000 tokens: three digits, since most of them are parts of a cent. */
export function formatUnitCost(amount: string, currency: string): string {
  if (Number(amount) === 0 || Math.abs(Number(amount)) >= 1) return formatMoney(amount, currency);
  return formatter({ style: 'currency', currency, maximumSignificantDigits: 3 }).format(
    exact(amount),
  );
}

/** A count in few characters: `1.23M`. */
export function formatCount(count: string): string {
  return formatter({ notation: 'compact', maximumSignificantDigits: 3 }).format(exact(count));
}

/** A part of a whole in percent: `12.3%`. */
export function formatShare(share: number): string {
  return formatter({ style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** Money in few characters, for axes: `$1.2K`. */
export function formatMoneyShort(amount: number, currency: string): string {
  return formatter({
    style: 'currency',
    currency,
    notation: 'compact',
    // Ticks of small amounts would all show the same digit.
    ...(Math.abs(amount) < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 1 }),
  }).format(amount);
}

/** A change with its sign: `+$12.00`. */
export function formatChange(amount: string | number, currency: string): string {
  const tiny = isTiny(amount) ? { maximumSignificantDigits: 2 } : {};
  return formatter({ style: 'currency', currency, signDisplay: 'exceptZero', ...tiny }).format(
    exact(amount),
  );
}

/** A percentage with its sign; a dash where there is nothing to compare with. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return '–';
  return formatter({
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 1,
  }).format(percent / 100);
}
