import { readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { LLM_METERS, type LlmMeter } from '../../core/llm/meters.ts';
import { priceLlmUse } from '../../core/llm/priceLlmUse.ts';

const Rates = z.partialRecord(z.enum(LLM_METERS), z.string());
const Oracle = z.object({ models: z.record(z.string(), z.record(z.string(), Rates)) });
const { models } = Oracle.parse(
  JSON.parse(readFileSync(new URL('../oracles/litellm-prices.json', import.meta.url), 'utf8')),
);

const entries = Object.entries(models).flatMap(([name, tiers]) => {
  const [provider = '', model = ''] = name.split(' ');
  return Object.entries(tiers).flatMap(([tier, rates]) =>
    Object.entries(rates).map(([meter, usd]) => ({ provider, model, tier, meter, usd })),
  );
});

/** What we say beside another price list, where both have a price. */
const compared = entries.flatMap(({ provider, model, tier, meter, usd }) => {
  const { cost } = priceLlmUse(
    {
      provider: provider as 'openai' | 'anthropic',
      model,
      units: { [meter as LlmMeter]: '1000000' },
      at: '2026-11-26T00:00:00Z',
      serviceTier: tier,
      contextWindow: '',
    },
    [],
  );
  return cost === null ? [] : [{ name: `${model} ${tier} ${meter}`, cost, usd }];
});

test('agrees with another maintained price list', () => {
  const apart = compared.filter(({ cost, usd }) => !isSame(cost, usd));
  expect(apart.map(({ name, cost, usd }) => `${name}: ${cost}, they say ${usd}`)).toEqual([]);
  expect(compared.length).toBeGreaterThan(200);
});

/** Price pages round to cents or less: 0.125 stands there as 0.13. */
function isSame(cost: string, usd: string): boolean {
  const places = Math.max(2, usd.split('.')[1]?.length ?? 0);
  return new Decimal(cost).toDecimalPlaces(places, Decimal.ROUND_HALF_UP).equals(usd);
}
