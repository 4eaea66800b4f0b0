import type pg from 'pg';
import { DEMO_CONNECTIONS } from '../../core/demo/demoConnections.ts';
import { demoCosts } from '../../core/demo/demoCosts.ts';
import { CostGuardError } from '../../core/errors.ts';
import { replaceCosts, type ReplaceCostsResult } from '../queries/costs/replaceCosts.ts';
import { findDemoStory } from './findDemoStory.ts';
import { onPool } from './onPool.ts';
import { replaceDemoLlm } from './replaceDemoLlm.ts';
import type { SeedOptions } from './seedDemo.ts';

/**
 * Writes the costs of a demo connection from `from` to `to` (excluded) as its provider would tell them today, with the use
 * of language models behind them; the poll of the demo connections that no real account stands behind. Given again it changes nothing.
 *
 * @throws CostGuardError `connection_not_found` when it is not a connection of this database's demo
 */
export async function extendDemo(
  pool: pg.Pool,
  connectionId: string,
  options: SeedOptions & { from: string; to: string },
): Promise<ReplaceCostsResult> {
  const { from, to, today, seenAt = new Date() } = options;
  const connection = DEMO_CONNECTIONS.find(({ id }) => id === connectionId);
  const story = await findDemoStory(onPool(pool), today);
  if (connection === undefined || story === undefined) {
    throw new CostGuardError(
      'connection_not_found',
      'This is not a connection of the demo; poll its provider instead.',
    );
  }
  const { provider } = connection;
  const rows = demoCosts(provider, { from, to }, story);
  const stored = await replaceCosts(pool, { connectionId, provider, from, to, rows, seenAt });
  await replaceDemoLlm(onPool(pool), connection, { from, to, seenAt }, story);
  return stored;
}
