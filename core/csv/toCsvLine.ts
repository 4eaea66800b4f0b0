// What a spreadsheet takes for a formula, or a line or a cell of its own.
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * A line of CSV as RFC 4180 has it, its end included. Names come from providers and from people's tags: one that a
 * spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises; numbers stay numbers.
 */
export function toCsvLine(cells: readonly string[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
