import type { Anomaly, AnomalyKind } from '../contracts/anomaly.ts';
import { PROVIDER_NAMES } from '../contracts/providerNames.ts';
import { formatAmount } from '../money/formatAmount.ts';
import type { NotificationEvent, NotificationFact } from './notificationEvent.ts';

const KINDS = {
  spike: 'Spike',
  level_shift: 'New level',
  drift: 'Slow rise',
  drop: 'Drop',
  new_service: 'New service',
  runaway_loop: 'Runaway loop',
  key_misuse: 'API key may be misused',
  cache_share: 'Less read from the cache',
  price_change: 'Price change',
  model_swap: 'Another model',
  price_drift: 'Price differs from the provider’s bill',
} as const satisfies Record<AnomalyKind, string>;

const DRIVERS_MAX = 3;
// The account and the region have lines of their own.
const FINE = ['SkuMeter', 'ResourceId', 'x_ApiKeyId', 'x_Model', 'x_UserTag'];

/** What is told of a finding; undefined where it is not open: what people know already is no news. */
export function notificationFromAnomaly(anomaly: Anomaly): NotificationEvent | undefined {
  if (anomaly.status !== 'open') return undefined;
  const impact = { amount: anomaly.impact, currency: anomaly.currency };
  return {
    kind: 'anomaly',
    key: `anomaly:${anomaly.id}`,
    subjectId: anomaly.id,
    title: `${KINDS[anomaly.kind]}: ${anomaly.serviceName} ${formatAmount(impact, { isSigned: true })}`,
    text: anomaly.explanation,
    severity: anomaly.severity,
    path: `/anomalies/${anomaly.id}`,
    connectionId: anomaly.connectionId,
    provider: anomaly.provider,
    accounts: accountsOf(anomaly),
    owners: anomaly.owners,
    impact,
    facts: factsOf(anomaly),
  };
}

function factsOf(anomaly: Anomaly): NotificationFact[] {
  const { currency } = anomaly;
  const accounts = accountsOf(anomaly);
  const drivers = anomaly.drivers
    .filter(({ dimension, isRemainder }) => FINE.includes(dimension) && !isRemainder)
    .slice(0, DRIVERS_MAX)
    .map((driver) => driver.value);
  const facts: [string, string | undefined][] = [
    ['Impact', formatAmount({ amount: anomaly.impact, currency }, { isSigned: true })],
    [
      'Newest day',
      `${formatAmount({ amount: anomaly.actual, currency })}, expected ${formatAmount({ amount: anomaly.expected, currency })}`,
    ],
    ['Days', `${anomaly.startedOn} to ${anomaly.lastSeenOn}`],
    ['Connection', `${anomaly.connectionName} (${PROVIDER_NAMES[anomaly.provider]})`],
    ['Account', listed(accounts)],
    ['Region', anomaly.regionId ?? undefined],
    ['Driven by', listed(drivers)],
    ['Owner', listed(anomaly.owners)],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

function accountsOf({ subAccountId, series }: Anomaly): string[] {
  const all = [subAccountId, ...series.map((part) => part.subAccountId)];
  return [...new Set(all.filter((account) => account !== null))];
}

const listed = (values: readonly string[]) => (values.length === 0 ? undefined : values.join(', '));
