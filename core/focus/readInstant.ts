const FORM =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:Z|UTC)|([+-]\d\d):?(\d\d))?$/;

/**
 * An ISO 8601 date-time as `2026-11-01T00:00:00Z`, with a fraction only where it is not zero; undefined for what is none.
 * Another offset is turned into UTC; a time without any is UTC, as FOCUS says of all its times. Years 1990 to 2100.
 *
 * @see https://focus.finops.org/focus-specification/ "Date/Time Format"
 */
export function readInstant(text: string): string | undefined {
  const [, day, minutes, seconds = '00', fraction = '', hours, offsetMinutes] =
    FORM.exec(text) ?? [];
  if (day === undefined || minutes === undefined) return undefined;
  const time = Date.parse(`${day}T${minutes}:${seconds}Z`);
  // The 31st of February would be taken for a day in March, 24:00 for the next day.
  if (Number.isNaN(time) || !toText(time).startsWith(`${day}T${minutes}`)) return undefined;
  const offset = hours === undefined ? 0 : Number(hours) * 3_600_000;
  const sign = hours?.startsWith('-') === true ? -1 : 1;
  const utc = toText(time - offset - sign * Number(offsetMinutes ?? 0) * 60_000);
  const year = Number(utc.slice(0, 4));
  if (year < 1990 || year > 2100) return undefined;
  const rest = fraction.replace(/0+$/, '').slice(0, 6);
  return rest === '' ? `${utc}Z` : `${utc}.${rest}Z`;
}

function toText(time: number): string {
  return new Date(time).toISOString().slice(0, 19);
}
