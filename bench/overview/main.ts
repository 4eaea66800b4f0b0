import pg from 'pg';
import type { BenchApi } from '../llmPush/startBenchApi.ts';
import { withBenchApi } from '../llmPush/withBenchApi.ts';
import { seedCharges, type SeededCharges } from './seedCharges.ts';

// How long the Overview waits for the API's answers over 10 million charges, over HTTP from one API process: 25,000 charges a
// day of 400 days. Beside each, in the same Postgres in the same run, the same sums over cost_records itself.
const ROWS_PER_DAY = Number(process.argv[2] ?? 25_000);
const DAYS = Number(process.argv[3] ?? 400);
const ROUNDS = 9;
const LIMIT_MS = 150;
const LIMIT_RATIO = 50;
const DAY_MS = 86_400_000;

const inPeriod = `charge_period_start >= $1::date::timestamp at time zone 'UTC'
  and charge_period_start < $2::date::timestamp at time zone 'UTC'`;
const SERVICES = `select (charge_period_start at time zone 'UTC')::date, service_name, billing_currency, sum(billed_cost)
  from cost_records where ${inPeriod} group by 1, 2, 3`;
// Without the period before, so that the ratio is rather too small.
const MOVERS = `select service_name, billing_currency, sum(billed_cost) from cost_records where ${inPeriod} group by 1, 2`;
const ACCOUNTS = `select (charge_period_start at time zone 'UTC')::date, sub_account_id, billing_currency, sum(billed_cost)
  from cost_records where ${inPeriod} and service_name = 'Service 3' group by 1, 2, 3`;

const line = (text: string) => process.stdout.write(`${text}\n`);
const verdict = (isMet: boolean) => (isMet ? 'met' : 'NOT met');
await withBenchApi(
  'overview',
  ['costs:read', 'anomalies:read', 'actions:read', 'budgets:read'],
  run,
);

async function run(url: string, api: BenchApi): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const to = new Date().toISOString().slice(0, 10);
    const seeded = await seedCharges(client, { days: DAYS, rowsPerDay: ROWS_PER_DAY, to });
    line(`${seeded.rows} rows of cost_records, ${seeded.dailyRows} of the daily rollup`);
    for (const question of questionsOf(seeded)) {
      const ms = await median(ROUNDS, () => api.get(question.path));
      const peer = question.charges;
      const charges =
        peer === undefined ? undefined : await median(3, () => client.query(peer.sql, peer.given));
      const limit =
        question.hasLimit === false ? '' : `, limit ${LIMIT_MS} ms: ${verdict(ms < LIMIT_MS)}`;
      const times =
        charges === undefined
          ? ''
          : `; over cost_records ${charges.toFixed(0)} ms, ratio ${(charges / ms).toFixed(0)}, limit ${LIMIT_RATIO}: ${verdict(charges / ms >= LIMIT_RATIO)}`;
      line(`${question.name}: ${ms.toFixed(0)} ms${limit}${times}`);
    }
  } finally {
    await client.end();
  }
}

interface Question {
  name: string;
  path: string;
  /** The same sums over the charges themselves. */
  charges?: { sql: string; given: string[] };
  /** The limit is for what the page shows before anybody asks for more. Default true. */
  hasLimit?: boolean;
}

/** What the page asks for when it is opened, and when its longest period is chosen. */
function questionsOf({ from, to }: SeededCharges): Question[] {
  const back = (days: number) =>
    new Date(Date.parse(to) - days * DAY_MS).toISOString().slice(0, 10);
  const periods = [
    ['30 days', back(30)],
    ['90 days', back(90)],
    [`${DAYS} days`, from],
  ] as const;
  return [
    ...periods.flatMap(([name, start]): Question[] => {
      const period = `from=${start}&to=${to}`;
      return [
        {
          name: `${name} by service`,
          path: `/api/v1/usage/costs?${period}&group_by=service`,
          charges: { sql: SERVICES, given: [start, to] },
        },
        {
          name: `${name} by account of one service`,
          path: `/api/v1/usage/costs?${period}&group_by=account&service=Service+3`,
          charges: { sql: ACCOUNTS, given: [start, to] },
        },
        {
          name: `totals and movers of ${name}`,
          path: `/api/v1/usage/summary?${period}`,
          charges: { sql: MOVERS, given: [start, to] },
        },
      ];
    }),
    {
      name: 'findings and actions of 30 days',
      path: `/api/v1/usage/annotations?from=${back(30)}&to=${to}`,
    },
    {
      name: 'forecast to the end of the month',
      path: `/api/v1/usage/costs?from=${back(35)}&to=${to}&group_by=provider&limit=1&forecast=true`,
    },
    {
      name: 'names of tags',
      path: `/api/v1/usage/tag-keys?from=${back(30)}&to=${to}`,
    },
    {
      name: '30 days by a tag, summed from the charges',
      path: `/api/v1/usage/costs?from=${back(30)}&to=${to}&group_by=tag&tagKey=team`,
      hasLimit: false,
    },
  ];
}

async function median(rounds: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
