import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { Asks } from '../kit/costs/createAsk.ts';
import { providerText } from '../kit/providerText.ts';
import type { CostParts } from './askCosts.ts';
import type { CatalogSku } from './cloudBilling.ts';
import { eachOf } from './eachOf.ts';
import { computePlacesQuery, projectsQuery } from './exportQueries.ts';
import type { ExportTable } from './exportTable.ts';
import {
  toAccountId,
  type AccountParts,
  type AccountProjects,
  type ExportProject,
} from './findAccounts.ts';
import type { ComputePlaces, RecommendationParts } from './findRecommendations.ts';
import type { CostCell } from './fromQueryRows.ts';
import type { GcpClients } from './gcpClients.ts';
import { pricingCategory } from './pricingCategory.ts';
import { readRecommendations, type GcpRecommendation } from './recommenders.ts';
import { runQuery } from './runQuery.ts';

// Some 300 bytes a row: about 90 MB.
const CACHED_ROWS_MAX = 300_000;
const CACHED_FINDINGS_MAX = 50_000;
const CACHED_SKUS_MAX = 200_000;
const HOUR_MS = 3_600_000;
// Google makes its recommendations and changes its catalogue once a day.
const TTL_MS = { table: HOUR_MS, accounts: HOUR_MS, day: 24 * HOUR_MS };

/** Everything that is asked of Google, each with a cache of its own. */
export type GcpAsks = Omit<CostParts, 'now'> & AccountParts & RecommendationParts;

/** How queries are run. */
interface Limits {
  bytesPerQuery: number;
  now: () => Date;
}

/** The questions to Google of one server. */
export function createGcpAsks(clients: GcpClients, limits: Limits, cache: Asks): GcpAsks {
  const { table, run } = createTableAsks(clients, limits, cache);
  return {
    table,
    run,
    ask: cache<readonly CostCell[]>('costs', CACHED_ROWS_MAX),
    ...createListAsks({ table, run }, limits, cache),
    ...createBillingAsks(clients, cache),
    recommendations: createRecommendationAsk(clients, cache),
  };
}

function createTableAsks(
  { bigQuery }: GcpClients,
  { bytesPerQuery: bytesMax, now }: Limits,
  cache: Asks,
): Pick<GcpAsks, 'table' | 'run'> {
  const ask = cache<ExportTable>('table', 1_000);
  return {
    table: async (call) => {
      // It is not what was asked for: no hit of the cache, and a fresher answer does not need it anew.
      const meter = { ...call.meter };
      try {
        const { value } = await ask(
          'table',
          { ...call, maxAgeMs: undefined, meter },
          async (own) => ({
            value: await bigQuery().table(own),
            ttlMs: TTL_MS.table,
            weight: 1,
          }),
        );
        return value;
      } finally {
        call.meter.upstreamCalls = meter.upstreamCalls;
      }
    },
    run: (query, { location }, call) =>
      runQuery(bigQuery(), query, { location, bytesMax, now }, call),
  };
}

function createListAsks(
  { table, run }: Pick<GcpAsks, 'table' | 'run'>,
  { now }: Limits,
  cache: Asks,
): Pick<GcpAsks, 'exported' | 'places'> {
  const askProjects = cache<readonly ExportProject[]>('projects', CACHED_FINDINGS_MAX);
  const askPlaces = cache<ComputePlaces>('places', CACHED_FINDINGS_MAX);
  return {
    exported: (call) =>
      askProjects('projects', call, async (within) => {
        const exported = await table(within);
        const value = toProjects(await run(projectsQuery(exported, now()), exported, within));
        return { value, ttlMs: TTL_MS.day, weight: value.length + 1 };
      }),
    places: (call) =>
      askPlaces('places', call, async (within) => {
        const exported = await table(within);
        const value = toPlaces(await run(computePlacesQuery(exported, now()), exported, within));
        return { value, ttlMs: TTL_MS.day, weight: value.places.length + 1 };
      }),
  };
}

function createBillingAsks(
  { billing }: GcpClients,
  cache: Asks,
): Pick<GcpAsks, 'billing' | 'pricing'> {
  const askAccounts = cache<readonly AccountProjects[]>('accounts', CACHED_FINDINGS_MAX);
  const askSkus = cache<readonly CatalogSku[]>('skus', CACHED_SKUS_MAX);
  return {
    billing: (accountIds, call) =>
      askAccounts(accountIds, call, async (within) => {
        const accounts = await billing.accounts(within);
        const own = accounts.filter(({ name }) => accountIds.includes(toAccountId(name)));
        const value = await eachOf(own, async (account) => ({
          account,
          projects: await billing.projects(account.name, within),
        }));
        const weight = value.reduce((sum, { projects }) => sum + projects.length + 1, 1);
        return { value, ttlMs: TTL_MS.accounts, weight };
      }),
    pricing: async (serviceIds, call) => {
      const lists = await eachOf(serviceIds, async (id) => {
        const { value } = await askSkus(id, { ...call, maxAgeMs: undefined }, async (within) => {
          const skus = await billing.skus(id, within);
          return { value: skus, ttlMs: TTL_MS.day, weight: skus.length + 1 };
        });
        return value;
      });
      return new Map(
        lists.flat().flatMap(({ skuId, category }): [string, string][] => {
          const known = pricingCategory(category?.usageType ?? '');
          return known === undefined ? [] : [[skuId, known]];
        }),
      );
    },
  };
}

function createRecommendationAsk(
  { recommender }: GcpClients,
  cache: Asks,
): GcpAsks['recommendations'] {
  const ask = cache<readonly GcpRecommendation[]>('recommendations', CACHED_FINDINGS_MAX);
  return (place, call) =>
    ask(place, call, async (within) => {
      const value = await readRecommendations(recommender, place, within);
      return { value, ttlMs: TTL_MS.day, weight: value.length + 1 };
    });
}

const Text = z.string().transform(providerText);
const Projects = z.array(z.object({ account: Text, project_id: Text, name: Text.nullable() }));
const Places = z.array(
  z.object({
    project_id: Text,
    zone_id: Text,
    places: z.string().regex(/^\d+$/).transform(Number),
  }),
);
const WHAT = 'The billing export has projects or zones in another form than expected.';

function toProjects(rows: readonly unknown[]): ExportProject[] {
  return parseAnswer(Projects, rows, WHAT).map(({ account, project_id: id, name }) => ({
    accountId: account,
    id,
    name,
  }));
}

function toPlaces(rows: readonly unknown[]): ComputePlaces {
  const places = parseAnswer(Places, rows, WHAT);
  return {
    places: places.map(({ project_id: project, zone_id: zone }) => ({ project, zone })),
    total: places[0]?.places ?? 0,
  };
}
