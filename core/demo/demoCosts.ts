import { DEMO_AWS_ACCOUNT, AWS_METERS } from './awsMeters.ts';
import { AZURE_METERS } from './azureMeters.ts';
import { GCP_METERS } from './gcpMeters.ts';
import { ANTHROPIC_METERS, OPENAI_METERS } from './llmMeters.ts';
import { DEMO_AWS_ACCOUNT_ID, type InstanceChange } from './demoInstances.ts';
import { instanceUsage } from './instanceUsage.ts';
import { toCostRecords, usageOf, type Biller, type Meter, type Usage } from './meter.ts';
import type { Provider } from '../contracts/scalars.ts';
import type { CostRecord } from '../focus/costRecord.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { addMonths } from '../time/month.ts';

/** What the demo's costs follow from, besides the day asked for. */
export interface DemoStory {
  /** The day the demo was filled: incidents are placed relative to it, so that they stay where they are as days go by. */
  anchorDay: string;
  /** The UTC day it is now. Costs end the day before, as Cost Explorer lags; the newest three days are estimates. */
  today: string;
  /** Resizes that succeeded; the bill follows them. */
  changes: readonly InstanceChange[];
}

const HISTORY_MONTHS = 13;
const ESTIMATED_DAYS = 3;

const BILLS: Readonly<Record<Provider, { biller: Biller; meters: readonly Meter[] }>> = {
  aws: {
    biller: { providerName: 'AWS', billingAccountId: DEMO_AWS_ACCOUNT_ID, currency: 'USD' },
    meters: AWS_METERS,
  },
  gcp: {
    biller: {
      providerName: 'Google Cloud',
      billingAccountId: '01D3C0-57A9E2-4B60F1',
      currency: 'USD',
    },
    meters: GCP_METERS,
  },
  azure: {
    biller: {
      providerName: 'Microsoft',
      billingAccountId: '0b798653-1223-5e4f-95c9-62cda2d1a65b',
      currency: 'EUR',
    },
    meters: AZURE_METERS,
  },
  openai: {
    biller: { providerName: 'OpenAI', billingAccountId: 'org-northwind-demo', currency: 'USD' },
    meters: OPENAI_METERS,
  },
  anthropic: {
    biller: { providerName: 'Anthropic', billingAccountId: 'org-northwind-demo', currency: 'USD' },
    meters: ANTHROPIC_METERS,
  },
};

/** The first day of the demo's history: the first of the month, 13 months before the anchor. */
export const demoHistoryStart = (anchorDay: string): string =>
  addMonths(anchorDay, -HISTORY_MONTHS);

/**
 * The FOCUS rows of one provider of the demo from `from` to `to` (excluded), oldest day first; nothing before the history
 * and from today on. A day's amounts follow from the provider, the day and the story only: asked again they are equal.
 */
export function* demoCosts(
  provider: Provider,
  period: { from: string; to: string },
  story: DemoStory,
): Generator<CostRecord> {
  const start = demoHistoryStart(story.anchorDay);
  const end = period.to < story.today ? period.to : story.today;
  for (let day = period.from > start ? period.from : start; day < end; day = addDays(day, 1)) {
    yield* demoDay(provider, day, story);
  }
}

function demoDay(provider: Provider, day: string, story: DemoStory): CostRecord[] {
  const { biller, meters } = BILLS[provider];
  const estimated = daysBetween(day, story.today) <= ESTIMATED_DAYS;
  return [
    ...instances(provider, day, story),
    ...meters.map((m) => usageOf(m, day, story.anchorDay)),
  ]
    .filter((usage) => usage !== undefined)
    .flatMap((usage) => toCostRecords(usage, day, biller, estimated));
}

function instances(provider: Provider, day: string, story: DemoStory): Usage[] {
  if (provider !== 'aws') return [];
  return instanceUsage(DEMO_AWS_ACCOUNT, day, story.anchorDay, story.changes);
}
