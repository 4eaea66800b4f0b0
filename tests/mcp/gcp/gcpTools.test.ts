import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeSourceContract } from '../../../core/mcp/describeSource.ts';
import { listAccountsContract } from '../../../core/mcp/listAccounts.ts';
import { listRecommendationsContract } from '../../../core/mcp/listRecommendations.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import { runServerProgram } from '../serverProcess.ts';
import { BILLING_ACCOUNT } from './exportTable.ts';
import { freshConnection, startGcpServer, type GcpServer } from './gcpServer.ts';
import { recommendation, resize } from './googleStub.ts';
import { googleError } from './loopback.ts';

const ACCOUNTS = 'cloudbilling.billingAccounts.list';
const PROJECTS = 'cloudbilling.billingAccounts.projects.list';
const RECOMMENDATIONS = 'recommender.projects.locations.recommenders.recommendations.list';
const TODAY = utcDay(new Date());

let gcp: GcpServer;

beforeAll(async () => {
  gcp = await startGcpServer();
  const recently = `${addDays(TODAY, -5)}T05:00:00Z`;
  await gcp.world.exported.add([
    { at: recently, cost: 5, project: { id: 'shop', name: 'The Shop' }, zone: 'us-central1-a' },
    { at: recently, cost: 3, project: { id: 'shop', name: 'The Shop' }, zone: 'us-central1-b' },
  ]);
  return () => gcp.close();
});

beforeEach(() => {
  gcp.world.proxy.clear();
  gcp.world.stub.clear();
  return () => {
    expect([...gcp.world.proxy.mistakes, ...gcp.world.stub.mistakes]).toEqual([]);
  };
});

const own = () => ({ connectionId: freshConnection() });

describe('list_accounts', () => {
  test('gives the projects of the export’s billing account, with name and whether they are open', async () => {
    const { rows, sources } = await gcp.call(listAccountsContract, own());
    const payer = { BillingAccountId: BILLING_ACCOUNT, BillingAccountName: 'Main account' };
    expect(rows).toEqual([
      { ...payer, SubAccountId: 'lab', SubAccountName: 'Lab', status: 'unknown' },
      { ...payer, SubAccountId: 'old', SubAccountName: null, status: 'closed' },
      { ...payer, SubAccountId: 'quiet', SubAccountName: null, status: 'active' },
      { ...payer, SubAccountId: 'shop', SubAccountName: 'The Shop', status: 'active' },
    ]);
    expect(sources).toMatchObject([{ status: 'ok' }]);
  });

  test('reads all pages', async () => {
    const project = (projectId: string) => ({ projectId, billingEnabled: true });
    gcp.world.stub.answer(PROJECTS, ({ query }) => ({
      json:
        query.get('pageToken') === 'p2'
          ? { projectBillingInfo: [project('b')] }
          : { projectBillingInfo: [project('a')], nextPageToken: 'p2' },
    }));
    const { rows } = await gcp.call(listAccountsContract, own());
    expect(rows.map(({ SubAccountId }) => SubAccountId)).toEqual(['a', 'b', 'lab', 'shop']);
  });

  test('is answered from cache for an hour', async () => {
    const args = own();
    await gcp.call(listAccountsContract, args);
    const { cost } = await gcp.call(listAccountsContract, args);
    expect(cost).toMatchObject({ upstreamCalls: 0, cacheHits: 2 });
    expect(gcp.world.stub.calls).toHaveLength(2);
  });

  test.each([
    [ACCOUNTS, 'billing.accounts.list'],
    [PROJECTS, 'billing.resourceAssociations.list'],
  ])(
    'without %s gives the export’s projects and names what is missing',
    async (method, permission) => {
      gcp.world.stub.answer(method, () => googleError(403, 'forbidden', 'planted'));
      const { rows, sources, notes } = await gcp.call(listAccountsContract, own());
      expect(rows.map(({ SubAccountId, status }) => [SubAccountId, status])).toEqual([
        ['lab', 'unknown'],
        ['shop', 'unknown'],
      ]);
      expect(sources).toMatchObject([
        { status: 'failed', error: 'PERMISSION_MISSING', permission },
      ]);
      expect(notes.join(' ')).toContain(permission);
    },
  );
});

describe('list_recommendations', () => {
  test('asks three recommenders in each zone with costs, and says what is saved a month', async () => {
    const { rows, sources } = await gcp.call(listRecommendationsContract, own());
    expect(rows).toEqual(
      [
        {
          id: expect.any(String) as string,
          category: 'rightsizing',
          kind: 'resize',
          ResourceId: '//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/vm-1',
          ResourceName: 'vm-1',
          ResourceType: 'compute.googleapis.com/Instance',
          RegionId: 'us-central1',
          SubAccountId: expect.any(String) as string,
          current: 'n1-standard-4',
          recommended: 'n1-standard-2',
          MonthlySaving: '12.34',
          BillingCurrency: 'USD',
          basis: expect.stringContaining('projection') as string,
          risk: 'low',
          reasons: ['Save cost by changing machine type.', 'CHANGE_MACHINE_TYPE'],
          source: 'Google Cloud Recommender',
          x_CpuMaxPercent: null,
          x_MemoryMaxPercent: null,
        },
        expect.objectContaining({ SubAccountId: 'lab' }),
      ].slice(0, rows.length),
    );
    expect(sources).toMatchObject([{ status: 'ok' }]);
    const asked = gcp.world.stub.calls.map(({ call }) => call.path);
    expect(asked).toHaveLength(new Set(asked).size);
    expect(
      asked.filter((path) => path.includes('/projects/shop/locations/us-central1-b/')),
    ).toHaveLength(3);
  });

  test('reads idle instances and disks, in the account’s own currency', async () => {
    gcp.world.stub.answer(RECOMMENDATIONS, ({ path }) => {
      const disk = '//compute.googleapis.com/projects/shop/zones/us-central1-a/disks/d-1';
      const vm = '//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/vm-2';
      if (!path.includes('/projects/shop/locations/us-central1-a/')) return { json: {} };
      const projection = {
        cost: { currencyCode: 'USD', units: '-1' },
        costInLocalCurrency: { currencyCode: 'EUR', nanos: -100_000_000 },
        duration: '86400s',
      };
      if (path.includes('disk.Idle')) {
        const operations = [{ action: 'remove', path: '/', resource: disk }];
        return { json: { recommendations: [recommendation('d', operations, projection)] } };
      }
      if (path.includes('instance.Idle')) {
        const operations = [
          { action: 'replace', path: '/status', value: 'TERMINATED', resource: vm },
        ];
        return { json: { recommendations: [recommendation('i', operations)] } };
      }
      return undefined;
    });
    const { rows } = await gcp.call(listRecommendationsContract, { ...own(), category: 'idle' });
    expect(
      rows.map((row) => [row.kind, row.ResourceName, row.MonthlySaving, row.BillingCurrency]),
    ).toEqual([
      ['stop', 'vm-2', '12.34', 'USD'],
      ['delete', 'd-1', '3', 'EUR'],
    ]);
  });

  test('names zones that cannot be read beside those that can', async () => {
    gcp.world.stub.answer(RECOMMENDATIONS, ({ path }) =>
      path.includes('us-central1-b') ? googleError(403, 'forbidden', 'planted') : undefined,
    );
    const { rows, sources, notes } = await gcp.call(listRecommendationsContract, own());
    expect(rows.length).toBeGreaterThan(0);
    expect(sources[0]).toMatchObject({ status: 'ok' });
    expect(sources.slice(1).map(({ permission }) => permission)).toEqual([
      'recommender.computeInstanceMachineTypeRecommendations.list',
      'recommender.computeInstanceIdleResourceRecommendations.list',
      'recommender.computeDiskIdleResourceRecommendations.list',
    ]);
    expect(notes.join(' ')).toMatch(/3 of \d+ questions could not be answered/);
  });

  test('is refused when no zone can be read', async () => {
    gcp.world.stub.answer(RECOMMENDATIONS, () => googleError(403, 'SERVICE_DISABLED', 'planted'));
    const refusal = await gcp.refusal('list_recommendations', own());
    expect(refusal.code).toBe('UNSUPPORTED');
    expect(refusal.text).toContain('recommender.googleapis.com');
  });

  test('asks only for active ones, page by page, and never for ever', async () => {
    gcp.world.stub.answer(RECOMMENDATIONS, ({ path, query }) => {
      expect(query.get('filter')).toBe('stateInfo.state = ACTIVE');
      if (!path.includes('/shop/locations/us-central1-a/') || !path.includes('MachineType'))
        return { json: {} };
      const page = [
        recommendation(query.get('pageToken') ?? 'p1', resize('n1-standard-4', 'e2-small')),
      ];
      return {
        json: {
          recommendations: page,
          ...(query.get('pageToken') === null ? { nextPageToken: 'p2' } : {}),
        },
      };
    });
    const { rows } = await gcp.call(listRecommendationsContract, own());
    expect(rows.map(({ recommended, risk }) => [recommended, risk])).toEqual([
      ['e2-small', 'medium'],
      ['e2-small', 'medium'],
    ]);
    gcp.world.stub.answer(RECOMMENDATIONS, () => ({ json: { nextPageToken: 'again' } }));
    expect(await gcp.refusal('list_recommendations', own())).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
  });
});

test('the tool list is that of every provider’s server', async () => {
  const tools = await gcp.client.listTools();
  const list = await format(JSON.stringify(tools), { parser: 'json', printWidth: 100 });
  await expect(list).toMatchFileSnapshot('../golden/gcp-billing.tools.json');
  const aws = await readFile(new URL('../golden/aws-cost.tools.json', import.meta.url), 'utf8');
  expect(list).toBe(aws);
});

test('anomalies are plainly not offered', async () => {
  const refusal = await gcp.refusal('list_provider_anomalies', { period: gcp.world.period });
  expect(refusal.code).toBe('UNSUPPORTED');
  expect(refusal.text).toContain('no public API');
});

test('describe_source says what there is without asking anybody', async () => {
  const source = await gcp.call(describeSourceContract, {});
  expect(source).toMatchObject({
    provider: 'Google Cloud',
    restatementDays: 10,
    limits: { bytesPerQueryMax: 10_737_418_240 },
    price: { usdPerRequest: '0' },
  });
  expect(source.metrics.map(({ name }) => name)).toEqual([
    'BilledCost',
    'EffectiveCost',
    'ListCost',
    'ConsumedQuantity',
  ]);
  expect([...gcp.world.proxy.calls, ...gcp.world.stub.calls]).toEqual([]);
});

describe('the self-check', () => {
  test('names each permission that is there or missing, and runs no query unless it may', async () => {
    gcp.world.stub.answer(ACCOUNTS, () => googleError(403, 'forbidden', 'planted'));
    const { code, output } = await runServerProgram('gcp-billing', gcp.world.env, '--selfcheck');
    expect(code).toBe(1);
    expect(output).toMatch(/^ok {4}bigquery\.jobs\.create$/m);
    expect(output).toMatch(/^MISSING billing\.accounts\.list: /m);
    expect(output).toMatch(/^skip {2}bigquery\.tables\.getData/m);
    expect(output).toMatch(/^ok {4}recommender\.computeDiskIdleResourceRecommendations\.list$/m);
    expect(gcp.world.proxy.queries().length).toBe(0);
  });

  test('that may pay runs one query', async () => {
    const { code } = await runServerProgram('gcp-billing', gcp.world.env, '--selfcheck=paid');
    expect(code).toBe(0);
    expect(gcp.world.proxy.queries().length).toBe(1);
  });

  test('without a table says how to set one', async () => {
    const env = { ...gcp.world.env, GCP_BILLING_TABLE: '' };
    const { code, output } = await runServerProgram('gcp-billing', env, '--selfcheck');
    expect(code).toBe(1);
    expect(output).toContain('set GCP_BILLING_TABLE to PROJECT.DATASET.TABLE');
  });
});
