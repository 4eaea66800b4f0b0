import type { AnomalyDriver, Attribution, CostAnomalyKind } from '../contracts/anomaly.ts';

/** The facts that the sentence is made of; amounts in `currency`, `actual` and `expected` of the newest day. */
export interface FindingFacts {
  kind: CostAnomalyKind;
  serviceName: string;
  regionId: string | null;
  /** The one meter that moved, where another one hides it. */
  skuMeter: string | null;
  currency: string;
  startedOn: string;
  lastSeenOn: string;
  actual: number;
  expected: number;
  /** Over all days. */
  impact: number;
  /** How many series the incident shows in. */
  seriesCount: number;
  drivers: readonly AnomalyDriver[];
  change: Attribution['change'];
}

const OPENING: Record<CostAnomalyKind, string> = {
  spike: 'cost far more than usual',
  level_shift: 'moved to a lastingly different level',
  drift: 'has been creeping up',
  drop: 'cost far less than usual',
  new_service: 'is charged for the first time',
};

/** The evidence in plain sentences: what happened, against what, since when, how much it comes to, and what drives it. */
export function explainFinding(facts: FindingFacts): string {
  const amount = (value: number) => `${value.toFixed(2)} ${facts.currency}`;
  const place = facts.regionId === null ? '' : ` in ${facts.regionId}`;
  const meter = facts.skuMeter === null ? '' : ` (${facts.skuMeter})`;
  const days =
    facts.startedOn === facts.lastSeenOn ? `on ${facts.lastSeenOn}` : `since ${facts.startedOn}`;
  const sentences = [
    `${facts.serviceName}${place}${meter} ${OPENING[facts.kind]} ${days}: ${amount(facts.actual)} on ${facts.lastSeenOn}, expected ${amount(facts.expected)}.`,
    `That is ${amount(Math.abs(facts.impact))} ${facts.impact < 0 ? 'less' : 'more'} than expected so far.`,
  ];
  if (facts.seriesCount > 1)
    sentences.push(`It shows in ${facts.seriesCount} cost series, which began to move together.`);
  const main = facts.drivers.find(
    ({ dimension, isRemainder }) => dimension === 'SkuMeter' && !isRemainder,
  );
  if (main !== undefined && main.share >= 0.2) {
    sentences.push(
      `${main.value} makes ${Math.round(Math.min(main.share, 1) * 100)}% of the change.`,
    );
  }
  const reason = mainReason(facts);
  if (reason !== undefined) sentences.push(reason);
  return sentences.join(' ').slice(0, LENGTH_MAX);
}

const LENGTH_MAX = 2000;
const REASON_SHARE = 0.6;

const REASONS: Record<Exclude<keyof Attribution['change'], 'total'>, [up: string, down: string]> = {
  usage: ['More usage at the same price explains most of it.', 'Less usage explains most of it.'],
  price: [
    'A higher price for the same usage explains most of it.',
    'A lower price explains most of it.',
  ],
  mix: [
    'Usage that moved to dearer resources explains most of it.',
    'Usage that moved to cheaper resources explains most of it.',
  ],
  added: [
    'What was not there before explains most of it.',
    'Credits that are new explain most of it.',
  ],
  removed: ['Credits that are gone explain most of it.', 'What is gone explains most of it.'],
};

function mainReason({ change }: FindingFacts): string | undefined {
  const total = Number(change.total);
  if (total === 0) return undefined;
  for (const name of ['usage', 'price', 'mix', 'added', 'removed'] as const) {
    if (Number(change[name]) / total >= REASON_SHARE) return REASONS[name][total > 0 ? 0 : 1];
  }
  return undefined;
}
