import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { defineAwsCost } from '../../../mcp-servers/aws-cost/defineAwsCost.ts';
import { createServerFactory } from '../../../mcp-servers/kit/createServerFactory.ts';
import { READ_SCOPE } from '../../../mcp-servers/kit/readScope.ts';
import { serveHttp, type HttpEndpoint } from '../../../mcp-servers/kit/serveHttp.ts';
import { withFixtures } from './fixtures/withFixtures.ts';
import { runConformance } from './runConformance.ts';

let endpoint: HttpEndpoint;
let url: URL;

beforeAll(async () => {
  const log = pino({ level: 'silent' });
  const definition = defineAwsCost({ callsPerDay: 1, now: () => new Date() });
  endpoint = await serveHttp(
    withFixtures(createServerFactory(definition, log)),
    {
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      publicUrl: new URL('http://127.0.0.1/mcp'),
      auth: 'none',
      name: 'kit',
      scopes: [READ_SCOPE],
    },
    log,
  );
  url = new URL(`http://127.0.0.1:${endpoint.port}/mcp`);
  return () => endpoint.close();
});

test('the kit passes every scenario that revision 2026-07-28 requires', async () => {
  const report = await runConformance(url, '2026-07-28', []);
  expect(report.exitCode, report.output).toBe(0);
});

// Servers here keep no session, so they can ask the client nothing in the older protocol (sampling and elicitation) and tell
// it nothing later (subscriptions); logging is deprecated, and theirs goes to stderr.
const WITHOUT_SESSIONS = [
  'logging-set-level',
  'tools-call-with-logging',
  'tools-call-sampling',
  'tools-call-elicitation',
  'elicitation-sep1034-defaults',
  'elicitation-sep1330-enums',
  'resources-subscribe',
  'resources-unsubscribe',
  'server-sse-multiple-streams',
];

test('the kit passes revision 2025-11-25 but for what needs a session or logging', async () => {
  const report = await runConformance(url, '2025-11-25', WITHOUT_SESSIONS);
  expect(report.exitCode, report.output).toBe(0);
});
