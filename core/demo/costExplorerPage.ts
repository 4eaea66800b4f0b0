import { z } from 'zod';
import { canonicalJson } from '../canonicalJson.ts';
import type { ResultByTime } from './costExplorerAnswer.ts';
import type { CostAndUsageRequest } from './costExplorerRequest.ts';

/** One page as Cost Explorer sends it. */
export interface CostAndUsagePage {
  NextPageToken?: string;
  GroupDefinitions?: { Type: string; Key: string }[];
  ResultsByTime: ResultByTime[];
  DimensionValueAttributes: { Value: string; Attributes: { description: string } }[];
}

/** Groups on a page; a day can be cut by the end of a page and goes on on the next, as in Cost Explorer. */
const PAGE_GROUPS_MAX = 1000;

const Token = z.object({ skip: z.int().nonnegative(), request: z.string() });

/**
 * Cuts the page that the request's `NextPageToken` asks for; undefined where the token belongs to another request, which
 * Cost Explorer answers with `RequestChangedException`.
 */
export function cutPage(
  request: CostAndUsageRequest,
  results: readonly ResultByTime[],
  account: { id: string; name: string },
): CostAndUsagePage | undefined {
  const { NextPageToken: token, ...rest } = request;
  const asked = canonicalJson(rest);
  const skip = token === undefined ? 0 : findSkip(token, asked);
  if (skip === undefined) return undefined;
  const { page, next } = takeGroups(results, skip);
  const groupBy = request.GroupBy ?? [];
  return {
    ...(next === undefined ? {} : { NextPageToken: encode({ skip: next, request: asked }) }),
    ...(groupBy.length === 0 ? {} : { GroupDefinitions: groupBy }),
    ResultsByTime: page,
    DimensionValueAttributes: groupBy.some(({ Key }) => Key === 'LINKED_ACCOUNT')
      ? [{ Value: account.id, Attributes: { description: account.name } }]
      : [],
  };
}

function takeGroups(
  results: readonly ResultByTime[],
  skip: number,
): { page: ResultByTime[]; next: number | undefined } {
  const page: ResultByTime[] = [];
  let seen = 0;
  const end = skip + PAGE_GROUPS_MAX;
  for (const result of results) {
    // A day without groups counts as one, so that it stands on exactly one page.
    const size = Math.max(1, result.Groups.length);
    if (seen + size > skip && seen < end) {
      const from = Math.max(0, skip - seen);
      page.push({ ...result, Groups: result.Groups.slice(from, end - seen) });
    }
    seen += size;
  }
  return { page, next: seen > end ? end : undefined };
}

function findSkip(token: string, asked: string): number | undefined {
  const parsed = Token.safeParse(decode(token));
  return parsed.success && parsed.data.request === asked ? parsed.data.skip : undefined;
}

function encode(token: z.infer<typeof Token>): string {
  return btoa(encodeURIComponent(JSON.stringify(token)));
}

function decode(token: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(atob(token)));
  } catch {
    return undefined;
  }
}
