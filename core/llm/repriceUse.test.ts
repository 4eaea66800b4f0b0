import { expect, test } from 'vitest';
import type { LlmPriceOverride, LlmUse } from './price.ts';
import { priceLlmUse } from './priceLlmUse.ts';
import { repriceUse } from './repriceUse.ts';

const USE: LlmUse = {
  ...{ provider: 'openai', model: 'gpt-5.4', serviceTier: 'default', contextWindow: '' },
  ...{ at: '2026-11-20T10:00:00Z', units: { input: '1000000', output: '1000' }, requests: '9' },
};
const own = (rates: LlmPriceOverride['rates']): LlmPriceOverride => ({
  ...{ provider: 'openai', model: 'gpt-5.4', validFrom: '2026-11-01', rates },
});

test('a price that a person sets leaves nothing open, even where it is the published one', () => {
  const stored = priceLlmUse(USE, []);
  expect(stored.mayAdd).toEqual({ input: '2.5', output: '0.0075' });
  const after = repriceUse(USE, stored, { before: [], after: [own({ input: '2.5' })] });
  expect(after).toMatchObject({ cost: stored.cost, mayAdd: { output: '0.0075' } });
  expect(after.mayAdd).not.toHaveProperty('input');
});

test('what was open stays so where the change bears upon another kind', () => {
  // As it was summed call by call, of which a sum tells nothing any more.
  const stored = { ...priceLlmUse(USE, []), mayAdd: { input: '0.1' } };
  const after = repriceUse(USE, stored, { before: [], after: [own({ output: '1' })] });
  expect(after.mayAdd).toEqual({ input: '0.1' });
});
