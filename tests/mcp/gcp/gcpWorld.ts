import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sumDecimals } from '../../../core/money/money.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import { askBroker } from '../../servers/askBroker.ts';
import type { ProviderWorld } from '../providerWorld.ts';
import { startBigQueryProxy, type BigQueryProxy } from './bigQueryProxy.ts';
import { COMPUTE, createExport, STORAGE, type Charge, type ExportFixture } from './exportTable.ts';
import { ACCESS_TOKEN, startGoogleStub, type GoogleStub } from './googleStub.ts';
import { googleError, type Answer } from './loopback.ts';

/** The world of Google Cloud: BigQuery's emulator behind a proxy, and a stub of the APIs that have no counterpart. */
export interface GcpWorld extends ProviderWorld {
  proxy: BigQueryProxy;
  stub: GoogleStub;
  exported: ExportFixture;
}

const SUBJECT_TOKEN = 'planted-subject-token-of-the-workload-0123456789';
/** What the counterparts write into their errors. */
export const PLANTED_TEXT = 'planted words of the provider';

const FAULTS: Record<Parameters<ProviderWorld['break']>[0], Answer> = {
  throttled: googleError(429, 'rateLimitExceeded', PLANTED_TEXT, { 'retry-after': '7' }),
  expired: googleError(401, 'authError', PLANTED_TEXT),
  forbidden: googleError(403, 'accessDenied', PLANTED_TEXT),
  broken: { html: `<html>${PLANTED_TEXT}</html>` },
  cut: { cut: true },
  hang: { hang: true },
};
const METHODS = [
  'bigquery.tables.get',
  'bigquery.jobs.insert',
  'bigquery.jobs.getQueryResults',
] as const;

/** Starts it with costs of three days; `kind` is the kind of export. */
export async function startGcpWorld(
  kind: 'standard' | 'detailed' | 'view-like' = 'detailed',
): Promise<GcpWorld> {
  const bigQuery = await askBroker('bigquery');
  const proxy = await startBigQueryProxy(bigQuery.url, bigQuery.documents);
  const stub = await startGoogleStub(bigQuery.documents);
  const exported = await createExport(bigQuery, kind);
  const start = addDays(utcDay(new Date()), -30);
  const charges = worldCharges(start);
  await exported.add(charges.map(({ charge }) => charge));
  const credentials = await plantCredentials(stub.url);
  const period = { start, end: addDays(start, 3) };
  return {
    server: 'gcp-billing',
    provider: 'Google Cloud',
    env: {
      GCP_BILLING_TABLE: exported.name,
      BIGQUERY_EMULATOR_HOST: proxy.url,
      GCP_ENDPOINT_URL: stub.url,
      GCP_QUERIES_PER_DAY: '5000',
      GOOGLE_APPLICATION_CREDENTIALS: credentials.file,
    },
    period,
    groupBy: ['ServiceName', 'SubAccountId'],
    totals: Object.fromEntries(
      ['EUR', 'USD'].map((currency) => [
        currency,
        sumDecimals(
          charges.flatMap(({ charge, amounts }) => (charge.currency === currency ? amounts : [])),
        ),
      ]),
    ),
    ...(kind === 'standard'
      ? {}
      : { resources: { filter: { dimension: 'SubAccountId', in: ['shop'] }, period } }),
    calls: () => proxy.calls.length,
    break: (how) => {
      for (const method of METHODS) proxy.answer(method, () => FAULTS[how]);
    },
    heal: () => {
      for (const method of METHODS) proxy.answer(method, () => undefined);
    },
    abandoned: proxy.abandoned,
    secrets: [ACCESS_TOKEN, SUBJECT_TOKEN, PLANTED_TEXT],
    close: async () => {
      await proxy.close();
      await stub.close();
      await credentials.remove();
    },
    proxy,
    stub,
    exported,
  };
}

/** Costs of every service, project and currency on each day, with nine decimals, and what they come to as text. */
function worldCharges(start: string): { charge: Charge; amounts: string[] }[] {
  const projects = [{ id: 'shop', name: 'The Shop' }, { id: 'lab', name: 'Lab' }, null];
  return [0, 1, 2].flatMap((day) =>
    [COMPUTE, STORAGE, { id: 'TAX0-0000-0000', description: 'Support' }].flatMap((service, s) =>
      projects.map((project, p) => {
        const nano = String(100_000_001 * (day + 1) + 10_007 * (s + 1) + 13 * (p + 1));
        const cost = `${day + s}.${nano.padStart(9, '0')}`;
        const credit = p === 1 ? '-0.000000007' : '-0';
        return {
          charge: {
            service,
            sku: { id: `000${s}-SKU`, description: `${service.description} usage` },
            at: `${addDays(start, day)}T0${s}:00:00Z`,
            project,
            currency: p === 2 ? 'EUR' : 'USD',
            cost: Number(cost),
            credits: p === 1 ? [Number(credit)] : [],
            labels: p === 0 ? { team: 'checkout' } : {},
            resource:
              s === 0
                ? {
                    name: `vm-${p}`,
                    global_name: `//compute.googleapis.com/projects/p${p}/zones/us-central1-a/instances/${p}`,
                  }
                : null,
          },
          amounts: [cost, credit],
        };
      }),
    ),
  );
}

/** Workload identity federation: a subject token in a file, changed for an access token by the token service. */
export async function plantCredentials(
  url: string,
): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'costguard-gcp-'));
  const subject = join(folder, 'subject-token');
  const file = join(folder, 'credentials.json');
  await writeFile(subject, SUBJECT_TOKEN);
  await writeFile(
    file,
    JSON.stringify({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/host',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: subject },
    }),
  );
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
