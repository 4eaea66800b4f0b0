import type { AnomalyKind } from '../contracts/anomaly.ts';
import type { AnomalyDriver } from '../contracts/anomaly.ts';

/** The facts that the sentence is made of; amounts in `currency` per day. */
export interface FindingFacts {
  kind: AnomalyKind;
  serviceName: string;
  regionId: string | null;
  currency: string;
  startedOn: string;
  lastSeenOn: string;
  actual: number;
  expected: number;
  impact: number;
  drivers: readonly AnomalyDriver[];
}

const OPENING: Record<AnomalyKind, string> = {
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
  const days =
    facts.startedOn === facts.lastSeenOn ? `on ${facts.lastSeenOn}` : `since ${facts.startedOn}`;
  const sentences = [
    `${facts.serviceName}${place} ${OPENING[facts.kind]} ${days}: ${amount(facts.actual)} on ${facts.lastSeenOn}, expected ${amount(facts.expected)}.`,
    `That is ${amount(Math.abs(facts.impact))} ${facts.impact < 0 ? 'less' : 'more'} than expected so far.`,
  ];
  const [main] = facts.drivers;
  if (main !== undefined && main.share >= 0.2) {
    sentences.push(
      `${main.value} makes ${Math.round(Math.min(main.share, 1) * 100)}% of the change.`,
    );
  }
  return sentences.join(' ');
}
