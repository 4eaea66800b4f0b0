import { beforeAll, beforeEach, expect, test } from 'vitest';
import { freshConnection, startGcpServer, type GcpServer } from './gcpServer.ts';

let gcp: GcpServer;
beforeAll(async () => {
  gcp = await startGcpServer();
  return () => gcp.close();
});
beforeEach(() => {
  gcp.world.proxy.clear();
});
test('smoke', async () => {
  const r = await gcp.costs({
    period: gcp.world.period,
    groupBy: gcp.world.groupBy,
    connectionIds: [freshConnection()],
  });
  console.log(JSON.stringify(r, null, 1).slice(0, 3000), gcp.world.totals);
  console.log(gcp.world.proxy.jobs(), gcp.world.proxy.mistakes);
  expect(r.rows.length).toBe(27);
});
