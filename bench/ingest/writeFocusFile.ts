import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { FOCUS_COLUMNS } from '../../core/focus/focusColumns.ts';

const PIECE_LENGTH = 1_000_000;

/**
 * Writes a FOCUS 1.2 file of one month as a provider's export looks: some 800 bytes a row, hourly charges of resources with
 * tags, quoted text, and the columns of commitments empty. The same seed gives the same file.
 */
export async function writeFocusFile(path: string, rows: number, seed: number): Promise<void> {
  const file = createWriteStream(path);
  const random = createRandom(seed);
  let piece = `${FOCUS_COLUMNS.map(({ name }) => name).join(',')}\n`;
  for (let i = 0; i < rows; i += 1) {
    const row = makeRow(i, random);
    piece += `${FOCUS_COLUMNS.map(({ name }) => row[name] ?? '').join(',')}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    if (!file.write(piece)) await once(file, 'drain');
    piece = '';
  }
  file.end(piece);
  await once(file, 'close');
}

function makeRow(i: number, random: () => number): Record<string, string> {
  const day = String(1 + (i % 30)).padStart(2, '0');
  const hour = String(i % 24).padStart(2, '0');
  const cost = (random() * 10).toFixed(10);
  const team = `team-${i % 20}`;
  const resource = Math.floor(random() * 2 ** 48).toString(16);
  return {
    AvailabilityZone: `us-east-1${'abcdef'.charAt(i % 6)}`,
    BilledCost: cost,
    BillingAccountId: '123456789012',
    BillingAccountName: 'Example Corporation',
    BillingAccountType: 'Billing account',
    BillingCurrency: 'USD',
    BillingPeriodStart: '2026-11-01T00:00:00Z',
    BillingPeriodEnd: '2026-12-01T00:00:00Z',
    ChargeCategory: 'Usage',
    ChargeDescription: `"$0.0416 per On Demand Linux t3.medium Instance Hour, item ${i % 500}"`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: `2026-11-${day}T${hour}:00:00Z`,
    ChargePeriodEnd: `2026-11-${day}T${hour}:59:59Z`,
    ConsumedQuantity: '1.0',
    ConsumedUnit: 'Hours',
    ContractedCost: cost,
    ContractedUnitPrice: '0.0416',
    EffectiveCost: cost,
    InvoiceId: '2026110001',
    InvoiceIssuerName: '"Amazon Web Services, Inc."',
    ListCost: (Number(cost) * 1.2).toFixed(10),
    ListUnitPrice: '0.0416',
    PricingCategory: 'Standard',
    PricingCurrency: 'USD',
    PricingCurrencyContractedUnitPrice: '0.0416',
    PricingCurrencyEffectiveCost: cost,
    PricingCurrencyListUnitPrice: '0.0416',
    PricingQuantity: '1.0',
    PricingUnit: 'Hours',
    ProviderName: 'AWS',
    PublisherName: 'Amazon Web Services',
    RegionId: `us-east-${i % 12}`,
    RegionName: `US East (Region ${i % 12})`,
    ResourceId: `arn:aws:ec2:us-east-1:123456789012:instance/i-${resource}`,
    ResourceName: `web-${i % 1000}`,
    ResourceType: 'EC2 Instance',
    ServiceCategory: 'Compute',
    ServiceName: `Amazon Service ${i % 25}`,
    ServiceSubcategory: 'Virtual Machines',
    SkuId: `SKU${i % 3000}ABCDEF`,
    SkuMeter: 'Compute',
    SkuPriceDetails: '"{""InstanceType"":""t3.medium"",""x_region"":""us-east-1""}"',
    SkuPriceId: `SKU${i % 3000}ABCDEF.JRTCKXETXF.6YS6EN2CT7`,
    SubAccountId: String(987_654_321_000 + (i % 20)),
    SubAccountName: team,
    SubAccountType: 'Member account',
    Tags: `"{""team"":""${team}"",""env"":""prod"",""costcenter"":""${i % 100}""}"`,
  };
}

/** Mulberry32: enough for made-up rows, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
