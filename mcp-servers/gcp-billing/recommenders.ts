import { z } from 'zod';
import { answerInvalid } from '../kit/answerInvalid.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { providerText } from '../kit/providerText.ts';
import type { GoogleApi } from './googleApi.ts';

/** The recommenders that are asked, each with the permission that it needs. @see https://cloud.google.com/recommender/docs/recommenders */
export const RECOMMENDERS = {
  'google.compute.instance.MachineTypeRecommender':
    'recommender.computeInstanceMachineTypeRecommendations.list',
  'google.compute.instance.IdleResourceRecommender':
    'recommender.computeInstanceIdleResourceRecommendations.list',
  'google.compute.disk.IdleResourceRecommender':
    'recommender.computeDiskIdleResourceRecommendations.list',
} as const;

/** A recommender's id. */
export type RecommenderId = keyof typeof RECOMMENDERS;

const Text = z.string().transform(providerText);
const Amount = z.object({
  currencyCode: z.string().regex(/^[A-Z]{3}$/),
  // int64 comes as text; a part that is zero is left out.
  units: z
    .string()
    .regex(/^-?\d{1,18}$/)
    .default('0'),
  nanos: z.int().min(-999_999_999).max(999_999_999).default(0),
});
const Operation = z.object({
  action: z.string().default(''),
  path: z.string().default(''),
  resource: Text.optional(),
  value: z.unknown().optional(),
  valueMatcher: z.object({ matchesPattern: z.string().optional() }).optional(),
});
const Recommendation = z.object({
  name: z.string(),
  description: Text.default(''),
  recommenderSubtype: Text.default(''),
  primaryImpact: z.object({
    costProjection: z
      .object({
        cost: Amount,
        costInLocalCurrency: Amount.optional(),
        duration: z.string().regex(/^\d{1,10}s$/),
      })
      .optional(),
  }),
  content: z.object({
    operationGroups: z.array(z.object({ operations: z.array(Operation).default([]) })).default([]),
  }),
  stateInfo: z.object({ state: z.string() }).optional(),
});
const Reply = z.object({
  recommendations: z.array(Recommendation).default([]),
  nextPageToken: z.string().optional(),
});

/** A recommendation of Google's, as far as it is used. */
export type GcpRecommendation = z.infer<typeof Recommendation>;

const PAGE_SIZE = '100';

/**
 * All active recommendations of one recommender for a zone of a project.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a page token comes twice; else as `createGoogleApi`
 * @see https://cloud.google.com/recommender/docs/reference/rest/v1/projects.locations.recommenders.recommendations/list
 */
export async function readRecommendations(
  api: GoogleApi,
  { project, zone, recommender }: { project: string; zone: string; recommender: RecommenderId },
  call: CountedCall,
): Promise<GcpRecommendation[]> {
  const found: GcpRecommendation[] = [];
  const seen = new Set<string>();
  let pageToken: string | undefined;
  do {
    const reply = await api(
      {
        path: `projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(zone)}/recommenders/${recommender}/recommendations`,
        query: { pageSize: PAGE_SIZE, filter: 'stateInfo.state = ACTIVE', pageToken },
        permission: RECOMMENDERS[recommender],
        schema: Reply,
      },
      call,
    );
    found.push(...reply.recommendations);
    pageToken = reply.nextPageToken === '' ? undefined : reply.nextPageToken;
    if (pageToken !== undefined && seen.has(pageToken)) {
      throw answerInvalid('Google gave the same page token twice, so its pages would never end.');
    }
    seen.add(pageToken ?? '');
  } while (pageToken !== undefined);
  return found.filter(({ stateInfo }) => stateInfo === undefined || stateInfo.state === 'ACTIVE');
}
