/** An exact decimal as text, shown as money; the digits beyond those shown are rounded for the eye only. */
export function formatMoney(amount: string | number, currency: string, digits = 2): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Number(amount));
}

/** Money in few characters, for axes: `$1.2K`. */
export function formatMoneyShort(amount: number, currency: string): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(amount);
}

/** A change with its sign: `+$12.00`. */
export function formatChange(amount: string | number, currency: string): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    signDisplay: 'exceptZero',
  }).format(Number(amount));
}

/** A percentage with its sign; a dash where there is nothing to compare with. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return '–';
  return new Intl.NumberFormat(undefined, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 1,
  }).format(percent / 100);
}
