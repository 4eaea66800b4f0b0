const LEVEL_NAMES: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Fields that the line shows elsewhere, or that say nothing to a person. */
const HIDDEN = new Set(
  'level time ts timestamp msg message pid hostname name part err error v logger logging-call-at'.split(
    ' ',
  ),
);

const NAME_WIDTH = 16;

/**
 * One line of a process as a person reads it: `HH:MM:SS name  level  message key=value`, in local time. Understands
 * pino's and Temporal's JSON; any other line is shown as it is. The raw line, with stacks, is in the log file.
 */
export function renderLogLine(name: string, line: string, now: Date): string {
  const record = parse(line);
  if (record === undefined) return `${clock(now)} ${name.padEnd(NAME_WIDTH)} ${line}`;
  const message = text(record['msg'] ?? record['message'] ?? '');
  const error = errorOf(record['err'] ?? record['error']);
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .flatMap(([key, value]) => flatten(key, value));
  const words = [level(record['level']).padEnd(5), message, ...error, ...fields];
  const said = words.filter((word) => word !== '').join(' ');
  return `${clock(timeOf(record, now))} ${name.padEnd(NAME_WIDTH)} ${said}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function level(value: unknown): string {
  if (typeof value === 'number') return LEVEL_NAMES[value] ?? String(value);
  return typeof value === 'string' ? value : '';
}

function timeOf(record: Record<string, unknown>, now: Date): Date {
  const given = record['time'] ?? record['ts'] ?? record['timestamp'];
  const time = typeof given === 'number' || typeof given === 'string' ? new Date(given) : now;
  return Number.isNaN(time.getTime()) ? now : time;
}

function errorOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const message = typeof value === 'object' && 'message' in value ? value.message : value;
  return [`(${text(message)})`];
}

/** `key=value`, and `req.id=… req.path=…` for an object of plain values. */
function flatten(key: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${key}=${quoted(text(value))}`];
  }
  return Object.entries(value).map(([inner, one]) => `${key}.${inner}=${quoted(text(one))}`);
}

function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  // A line stays a line, and a process cannot send control sequences to the terminal.
  // eslint-disable-next-line no-control-regex
  return plain.replace(/\s*\n\s*/g, ' ⏎ ').replace(/[\u0000-\u001f\u007f]/g, '');
}

const quoted = (value: string) =>
  /\s/.test(value) && !value.startsWith('{') ? `"${value}"` : value;

function clock(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
