import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import { findRetryAfterMs } from '../../../core/llm/findRetryAfterMs.ts';
import type { CallKey } from '../compute/computeCloud.ts';
import { callUuid } from '../rest/callUuid.ts';
import {
  createRest,
  type RestAnswer,
  type RestCall,
  type RestOptions,
} from '../rest/createRest.ts';
import { parseAnswer } from '../rest/parseAnswer.ts';
import { fromAzureError } from './fromAzureError.ts';

/** Versions of the APIs that are used. */
export const AZURE_API = {
  compute: '2025-04-01',
  disks: '2025-01-02',
  skus: '2021-07-01',
  permissions: '2022-04-01',
  locks: '2020-05-01',
} as const;

/** A read of Azure Resource Manager. */
interface AzureRead<Schema extends z.ZodType> {
  /** From the slash on. */
  path: string;
  api: keyof typeof AZURE_API;
  query?: Readonly<Record<string, string>>;
  /** The part of the answer, or of each item of a list, that is used. */
  schema: Schema;
  /** The action that it needs, such as `Microsoft.Compute/disks/read`. */
  permission: string;
}

/** A change at Azure Resource Manager. */
export interface AzureChange {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  api: keyof typeof AZURE_API;
  body?: unknown;
  /** Only while the resource has this entity tag. */
  etag?: string | undefined;
  permission: string;
  /** What is changed, for the audit log. */
  resource: string;
  key: CallKey;
}

/** Azure Resource Manager, as far as actions need it. */
export interface Azure {
  /** @throws CostGuardError as `fromAzureError` */
  read: <Schema extends z.ZodType>(read: AzureRead<Schema>) => Promise<z.output<Schema>>;
  /** As `read`; undefined where there is no such thing. */
  find: <Schema extends z.ZodType>(
    read: AzureRead<Schema>,
  ) => Promise<z.output<Schema> | undefined>;
  /** All items of a list. */
  list: <Schema extends z.ZodType>(read: AzureRead<Schema>) => Promise<z.output<Schema>[]>;
  /**
   * Makes a change once and follows its long-running operation as long as it can still fail, four minutes at most: a start
   * without capacity is refused only there.
   *
   * @throws CostGuardError as `fromAzureError`
   */
  change: (change: AzureChange) => Promise<void>;
}

interface AzureOptions extends Pick<RestOptions, 'token' | 'note' | 'fetch'> {
  /** Origin of Azure Resource Manager. */
  endpoint: string;
  /** Milliseconds for which an operation is followed; default 240,000. */
  operationWaitMs?: number;
}

const OPERATION_WAIT_MS = 4 * 60_000;
const POLL_MS = { usual: 5_000, max: 30_000 };
const PAGES_MAX = 100;

const Failed = z.object({ code: z.string().default('unknown'), message: z.string().optional() });
const ErrorBody = z.object({ error: Failed });
const Operation = z.object({ status: z.string(), error: Failed.optional() });
const Page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/**
 * The client of Azure Resource Manager. Microsoft's own package (33 MB) is not used: its pollers repeat requests by themselves
 * and end in a read that is not wanted here.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export function createAzure({ endpoint, operationWaitMs, ...given }: AzureOptions): Azure {
  const send = createRest({
    ...given,
    provider: 'azure',
    name: 'Azure',
    origin: endpoint,
    read: (answer) => ({
      word: failureOf(answer).code,
      requestId: answer.headers.get('x-ms-request-id') ?? undefined,
    }),
  });
  const ask = async (call: RestCall): Promise<RestAnswer> => {
    const answer = await send(call);
    if (answer.status >= 300) throw toError(answer, call.permission);
    return answer;
  };
  const get = async ({ path, api, query, permission }: Omit<AzureRead<z.ZodType>, 'schema'>) =>
    (
      await ask({
        method: 'GET',
        url: toUrl(endpoint, path, api, query),
        permission,
        resource: path,
      })
    ).json;
  const read: Azure['read'] = async ({ schema, ...what }) =>
    parseAnswer(schema, await get(what), 'Azure');
  return {
    read,
    find: (what) =>
      read(what).catch((error: unknown) => {
        if (error instanceof CostGuardError && error.code === 'resource_not_found')
          return undefined;
        throw error;
      }),
    list: async ({ schema, ...what }) => {
      const next = async (url: string) =>
        (await ask({ method: 'GET', url, permission: what.permission, resource: what.path })).json;
      return parseAnswer(z.array(schema), await listAll(await get(what), next), 'Azure');
    },
    change: async ({ method, path, api, body, etag, key, permission, resource }) => {
      const headers = {
        // What a request is found by in Azure's activity log.
        'x-ms-client-request-id': callUuid(key),
        ...(etag === undefined ? {} : { 'if-match': etag }),
      };
      const url = toUrl(endpoint, path, api);
      const given = body === undefined ? {} : { body };
      const answer = await ask({ method, url, permission, resource, headers, ...given });
      await follow(ask, answer, permission, operationWaitMs ?? OPERATION_WAIT_MS);
    },
  };
}

async function listAll(
  first: unknown,
  next: (url: string) => Promise<unknown>,
): Promise<unknown[]> {
  const found: unknown[] = [];
  let page = parseAnswer(Page, first, 'Azure');
  for (let pages = 1; ; pages += 1) {
    found.push(...page.value);
    if (!page.nextLink || pages === PAGES_MAX) return found;
    page = parseAnswer(Page, await next(page.nextLink), 'Azure');
  }
}

/** The change was taken by now: where its operation cannot be followed, the resource's own state tells what came of it. */
async function follow(
  ask: (call: RestCall) => Promise<RestAnswer>,
  begun: RestAnswer,
  permission: string,
  waitMs: number,
): Promise<void> {
  const url = begun.headers.get('azure-asyncoperation');
  const until = Date.now() + waitMs;
  let last = begun;
  while (url !== null && Date.now() < until) {
    await pause(pollPauseMs(last.headers));
    const about = { permission: 'Microsoft.Compute/locations/operations/read' };
    last = await ask({ method: 'GET', url, resource: 'operation', ...about });
    const { status, error } = parseAnswer(Operation, last.json, 'Azure');
    if (status === 'Succeeded') return;
    if (status === 'Failed' || status === 'Canceled') {
      throw fromAzureError(
        { status: undefined, code: error?.code ?? status, message: error?.message },
        permission,
      );
    }
  }
}

function pollPauseMs(headers: Headers): number {
  const seconds = headers.get('retry-after');
  if (seconds === null || !/^\d{1,6}$/.test(seconds)) return POLL_MS.usual;
  return Math.min(Number(seconds) * 1_000, POLL_MS.max);
}

function toUrl(
  endpoint: string,
  path: string,
  api: keyof typeof AZURE_API,
  query: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(endpoint + path);
  url.searchParams.set('api-version', AZURE_API[api]);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  // A space as Azure's filters want it.
  return url.href.replaceAll('+', '%20');
}

function failureOf({ json }: RestAnswer): z.output<typeof Failed> {
  return ErrorBody.safeParse(json).data?.error ?? { code: 'unknown' };
}

function toError(answer: RestAnswer, permission: string): CostGuardError {
  const { status, headers } = answer;
  const retryAfterMs = findRetryAfterMs(headers, new Date());
  return fromAzureError({ status, ...failureOf(answer), retryAfterMs }, permission);
}
