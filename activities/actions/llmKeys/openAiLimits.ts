import { z } from 'zod';
import type { LimitKeyPlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Observed } from '../actionAdapter.ts';
import type { LlmAdmin } from './createLlmAdmin.ts';

/** The rate limits of a project for one model, as a plan has them. */
export type ProjectLimit = LimitKeyPlan['before']['limits'][number];

/** Every limit that OpenAI has for a model; which of them a model has depends on the model. */
const FIELDS = [
  'max_requests_per_1_minute',
  'max_tokens_per_1_minute',
  'max_images_per_1_minute',
  'max_audio_megabytes_per_1_minute',
  'max_requests_per_1_day',
  'batch_1_day_max_input_tokens',
] as const;

const Page = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      model: z.string(),
      ...Object.fromEntries(FIELDS.map((name) => [name, z.int().nullish()])),
    }),
  ),
  has_more: z.boolean(),
  last_id: z.string().nullish(),
});

const PAGES_MAX = 50;

/**
 * Reads the rate limits of a project, all pages.
 *
 * @throws CostGuardError `provider_answer_invalid` when the pages lead nowhere; else as `LlmAdmin.get`
 */
export async function readLimits(admin: LlmAdmin, projectId: string): Promise<ProjectLimit[]> {
  const limits: ProjectLimit[] = [];
  const base = `/organization/projects/${encodeURIComponent(projectId)}/rate_limits?limit=100`;
  let path = base;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { data, has_more, last_id } = await admin.get(
      path,
      `the rate limits of the project ${projectId}`,
      Page,
    );
    limits.push(...data.map(toLimit));
    if (!has_more) return limits;
    const last = last_id ?? data.at(-1)?.id;
    if (last === undefined) break;
    path = `${base}&after=${encodeURIComponent(last)}`;
  }
  throw new CostGuardError(
    'provider_answer_invalid',
    'OpenAI gave pages of rate limits that never end.',
  );
}

/** Every number of these limits by name, for comparing and for the ledger. */
export function observeLimits(limits: readonly ProjectLimit[]): Observed {
  return Object.fromEntries(
    limits.flatMap(({ id, values }) =>
      Object.entries(values).map(([field, value]) => [nameOf(id, field), String(value)]),
    ),
  );
}

/** The name of one number of a limit in what was observed. */
export const nameOf = (limitId: string, field: string): string => `${limitId}.${field}`;

/** Where a rate limit of a project is changed. */
export const limitPath = (projectId: string, limitId: string): string =>
  `/organization/projects/${encodeURIComponent(projectId)}/rate_limits/${encodeURIComponent(limitId)}`;

function toLimit(row: z.output<typeof Page>['data'][number]): ProjectLimit {
  const values = FIELDS.flatMap((field) => {
    const value = row[field];
    return typeof value === 'number' ? [[field, value] as const] : [];
  });
  return { id: row.id, model: row.model, values: Object.fromEntries(values) };
}
