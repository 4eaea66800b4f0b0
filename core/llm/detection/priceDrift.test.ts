import { expect, test } from 'vitest';
import { findPriceDrifts } from './priceDrift.ts';

const said = (oursMax: string | null, theirs: string) => {
  const day = { day: '2026-11-20', model: 'gpt-5.4', meter: 'input', ours: '10' };
  return findPriceDrifts([{ ...day, oursMax, theirs }], Date.parse('2026-11-21T00:00:00Z'))[0]
    ?.says;
};
const CHANGE = 'Look whether a price has changed';
const OPEN = 'that of long requests, which may add 4.00 USD';

test.each([
  ['nothing is left open', '10', '13', [CHANGE], [OPEN]],
  ['nothing was kept of what is left open', null, '13', [CHANGE], [OPEN]],
  ['open rates may be all of it', '14', '13', [OPEN], [CHANGE]],
  ['open rates may be a part of it', '14', '15', [OPEN, CHANGE], []],
  ['the bill is lower', '14', '8', [CHANGE], [OPEN]],
])('a drift says what to look at where %s', (_name, oursMax, theirs, has, hasNot) => {
  const text = said(oursMax, theirs);
  for (const part of has) expect(text).toContain(part);
  for (const part of hasNot) expect(text).not.toContain(part);
});
