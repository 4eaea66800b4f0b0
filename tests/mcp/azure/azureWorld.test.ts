import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { queryCostsContract } from '../../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../../core/mcp/toolError.ts';
import { connect } from '../mcpClients.ts';
import { serverCommand } from '../serverProcess.ts';
import { startAzureWorld } from './azureWorld.ts';

const GOLDEN = new URL('../golden/aws-cost.tools.json', import.meta.url);

test('a desktop host reads the whole management group over stdio, whatever breaks in between', async () => {
  const world = await startAzureWorld();
  const client = await connect('v2 auto', serverCommand('azure-cost', world.env, '--stdio'));
  try {
    // The tools of all providers' servers are the same.
    expect(await client.listTools()).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
    const ask = (connectionId: string) =>
      client.call('query_costs', {
        period: world.period,
        groupBy: world.groupBy,
        connectionIds: [connectionId],
      });
    const codes: Record<string, string> = {};
    for (const how of ['throttled', 'expired', 'forbidden', 'broken', 'cut'] as const) {
      world.break(how);
      const meta = (await ask(how))._meta?.[TOOL_ERROR_META_KEY];
      codes[how] = ToolErrorMeta.parse(meta).code;
    }
    expect(codes).toEqual({
      throttled: 'THROTTLED',
      expired: 'AUTH_EXPIRED',
      forbidden: 'PERMISSION_MISSING',
      broken: 'UPSTREAM_FAILED',
      cut: 'UPSTREAM_FAILED',
    });
    world.heal();
    const before = world.calls();
    const { structuredContent } = await ask('healed');
    const { Total, rows } = queryCostsContract.output.parse(structuredContent);
    expect(Object.fromEntries(Total.map((sum) => [sum.BillingCurrency, sum.BilledCost]))).toEqual(
      world.totals,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(world.calls()).toBe(before + 1);
  } finally {
    await client.close();
    await world.close();
  }
});
