const DAY_MS = 86_400_000;

/**
 * What the meter of a service costs on a day, in US dollars with four decimals: some ten to a hundred, dearer on workdays, with
 * up to 4% of made-up noise to each side, so that nothing in it is unusual. {@link METER_COST_SQL} says the same in Postgres.
 */
export function meterCost(service: number, day: string): string {
  const number = Date.parse(day) / DAY_MS;
  // 1 January 1970 was a Thursday.
  const isWorkday = (number + 3) % 7 < 5;
  const noise = ((service * 7919 + number * 104_729) % 1000) - 500;
  const tenThousandths = (10 + service) * (isWorkday ? 12_000 : 10_000) * (12_500 + noise);
  return (Math.round(tenThousandths / 12_500) / 10_000).toFixed(4);
}

/** Of `service` (a number) and `day` (a date). */
export const METER_COST_SQL = `round((10 + service) * (case when (day - date '1970-01-01' + 3) % 7 < 5 then 12000 else 10000 end)
  * (12500 + (service * 7919 + (day - date '1970-01-01')::bigint * 104729) % 1000 - 500) / 12500.0) / 10000.0`;

/** The name of a service by its number. */
export const serviceName = (service: number): string => `Service ${service}`;

/** The only account, and the one usage type that each service has. */
export const ACCOUNT_ID = '123456789012';
export const METER = 'Requests-Tier1';
