import type { ForecastQuality } from './forecastQuality.ts';
import type { Summary } from './summarize.ts';

interface Both {
  synthetic: Summary;
  real: Summary;
  fresh: Summary;
}

interface Results extends Both {
  quality: ForecastQuality;
  decisionMs: number;
  baselines: Record<string, Both>;
}

interface Row {
  name: string;
  must: number;
  best: number;
  isSmallBetter?: boolean;
  of: (both: Both) => number;
}

const ROWS: readonly Row[] = [
  { name: 'F1, all', must: 0.8, best: 0.91, of: (b) => b.synthetic.f1 },
  { name: 'precision', must: 0.78, best: 0.9, of: (b) => b.synthetic.precision },
  { name: 'recall', must: 0.82, best: 0.92, of: (b) => b.synthetic.recall },
  {
    name: 'FA a series-year',
    must: 0.4,
    best: 0.2,
    isSmallBetter: true,
    of: (b) => b.synthetic.falseAlarms,
  },
  {
    name: 'FA on clean series',
    must: 0.35,
    best: 0.12,
    isSmallBetter: true,
    of: (b) => b.synthetic.cleanFalseAlarms,
  },
  { name: 'recall by impact', must: 0.88, best: 0.95, of: (b) => b.synthetic.weightedRecall },
  { name: 'spike large', must: 0.95, best: 0.99, of: (b) => b.synthetic.recallOf('spike large') },
  { name: 'spike medium', must: 0.8, best: 0.92, of: (b) => b.synthetic.recallOf('spike medium') },
  { name: 'spike small', must: 0.35, best: 0.55, of: (b) => b.synthetic.recallOf('spike small') },
  {
    name: 'not switched off',
    must: 0.92,
    best: 1,
    of: (b) => b.synthetic.recallOf('not switched off'),
  },
  {
    name: 'shift, all',
    must: 0.9,
    best: 0.97,
    of: (b) => b.synthetic.recallOf('shift large', 'shift medium', 'shift small'),
  },
  { name: 'shift small', must: 0.65, best: 0.85, of: (b) => b.synthetic.recallOf('shift small') },
  {
    name: 'shift, delay',
    must: 2,
    best: 1,
    isSmallBetter: true,
    of: (b) => b.synthetic.delayOf('shift large', 'shift medium', 'shift small'),
  },
  { name: 'drift large', must: 0.95, best: 1, of: (b) => b.synthetic.recallOf('drift large') },
  { name: 'drift medium', must: 0.8, best: 0.93, of: (b) => b.synthetic.recallOf('drift medium') },
  { name: 'drift small', must: 0.35, best: 0.65, of: (b) => b.synthetic.recallOf('drift small') },
  {
    name: 'drift, delay',
    must: 12,
    best: 8,
    isSmallBetter: true,
    of: (b) => b.synthetic.delayOf('drift large', 'drift medium', 'drift small'),
  },
  { name: 'drop', must: 0.95, best: 0.99, of: (b) => b.synthetic.recallOf('drop') },
  {
    name: 'drop, delay',
    must: 0.5,
    best: 0.2,
    isSmallBetter: true,
    of: (b) => b.synthetic.delayOf('drop'),
  },
  { name: 'new service', must: 1, best: 1, of: (b) => b.synthetic.recallOf('new service') },
  {
    name: 'new service, delay',
    must: 0.5,
    best: 0,
    isSmallBetter: true,
    of: (b) => b.synthetic.delayOf('new service'),
  },
  { name: 'real series, F1', must: 0.55, best: 0.7, of: (b) => b.real.f1 },
  {
    name: 'real series, FA',
    must: 1,
    best: 0.5,
    isSmallBetter: true,
    of: (b) => b.real.falseAlarms,
  },
  { name: 'fresh series, F1', must: 0.55, best: 0.7, of: (b) => b.fresh.f1 },
  {
    name: 'fresh series, FA',
    must: 1,
    best: 0.5,
    isSmallBetter: true,
    of: (b) => b.fresh.falseAlarms,
  },
  { name: 'kind named rightly', must: 0.7, best: 0.88, of: (b) => b.synthetic.named },
];

/** Prints the measures beside the targets and the baselines, one row each; MEETS says which target is met. */
export function printTable(results: Results): void {
  const names = Object.keys(results.baselines);
  line(['measure', 'ours', 'must', 'world', 'met', ...names]);
  for (const row of ROWS) {
    const value = row.of(results);
    const others = Object.entries(results.baselines).map(([, both]) =>
      row.name.startsWith('kind') ? '' : text(row.of(both)),
    );
    line([row.name, text(value), text(row.must), text(row.best), met(row, value), ...others]);
  }
  const { coverage, medianWape } = results.quality;
  const inside = (low: number, high: number) => coverage >= low && coverage <= high;
  const covered = inside(0.94, 0.96) ? 'world' : inside(0.92, 0.97) ? 'must' : 'NO';
  line(['95% interval coverage', text(coverage), '.92-.97', '.94-.96', covered]);
  const wape = { name: '', must: 0.055, best: 0.045, isSmallBetter: true, of: () => medianWape };
  line(['median WAPE', text(medianWape), '0.055', '0.045', met(wape, medianWape)]);
  const decision = { name: '', must: 5, best: 0.5, isSmallBetter: true, of: () => 0 };
  const ms = results.decisionMs;
  line(['ms a decision', ms.toFixed(4), '5', '0.5', met(decision, ms)]);
  const { synthetic, real, fresh } = results;
  process.stdout.write(
    `\n${synthetic.events} events in ${synthetic.years.toFixed(0)} generated series-years, ${real.events} in ${real.years.toFixed(0)} real, ${fresh.events} in ${fresh.years.toFixed(0)} further real ones\n`,
  );
}

function met({ must, best, isSmallBetter }: Row, value: number): string {
  if (Number.isNaN(value)) return '-';
  const reaches = (limit: number) => (isSmallBetter === true ? value <= limit : value >= limit);
  return reaches(best) ? 'world' : reaches(must) ? 'must' : 'NO';
}

function text(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}

function line(cells: readonly string[]): void {
  const [first = '', ...rest] = cells;
  const widths = [8, 8, 8, 6];
  process.stdout.write(
    `${first.padEnd(22)}${rest.map((cell, i) => cell.padStart(widths[i] ?? 17)).join('')}\n`,
  );
}
