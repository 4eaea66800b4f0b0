import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeSourceContract } from '../../core/mcp/describeSource.ts';
import { startAwsProviderWorld } from './awsProviderWorld.ts';
import { connect } from './mcpClients.ts';
import { startServer, type HttpServer } from './serverProcess.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'costguard-spent-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function budgetLeft(server: HttpServer): Promise<number | undefined> {
  const client = await connect('v2 auto', { url: server.url });
  const reply = await client.call('describe_source', {});
  await client.close();
  const { connections } = describeSourceContract.output.parse(reply.structuredContent);
  return connections.find(({ connectionId }) => connectionId === 'default')?.budgetLeft;
}

test('a server that is killed after a paid request goes on with the budget that is left', async () => {
  const world = await startAwsProviderWorld();
  const env = { ...world.env, MCP_STATE_DIR: folder, AWS_CE_CALLS_PER_DAY: '5' };
  try {
    const first = await startServer('aws-cost', env);
    const client = await connect('v2 auto', { url: first.url });
    await client.call('query_costs', { period: world.period });
    await client.close();
    expect(await budgetLeft(first)).toBe(4);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await startServer('aws-cost', env);
    expect(await budgetLeft(second)).toBe(4);
    await second.stop();
  } finally {
    await world.close();
  }
});
