import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import { findRetryAfterMs } from '../../../core/llm/findRetryAfterMs.ts';
import { callUuid } from '../rest/callUuid.ts';
import { createRest, type Rest, type RestAnswer, type RestOptions } from '../rest/createRest.ts';
import { parseAnswer } from '../rest/parseAnswer.ts';
import type { CallKey } from '../compute/computeCloud.ts';
import { fromGceError } from './fromGceError.ts';

/** A read of Compute Engine. */
interface GceRead<Schema extends z.ZodType> {
  /** After `/compute/v1/`. */
  path: string;
  /** The part of the answer that is used. */
  schema: Schema;
  /** The IAM permission that it needs, such as `compute.instances.get`. */
  permission: string;
  /** A read that is a POST, such as testIamPermissions. */
  body?: unknown;
}

/** A change at Compute Engine: it answers with an operation. */
export interface GceChange {
  method?: 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  permission: string;
  /** What is changed, for the audit log. */
  resource: string;
  key: CallKey;
}

/** Compute Engine's REST API, version 1, as far as actions need it. */
export interface Gce {
  /** @throws CostGuardError as `fromGceError` */
  read: <Schema extends z.ZodType>(read: GceRead<Schema>) => Promise<z.output<Schema>>;
  /** As `read`; undefined where there is no such thing. */
  find: <Schema extends z.ZodType>(read: GceRead<Schema>) => Promise<z.output<Schema> | undefined>;
  /**
   * Makes a change once, under a request id that makes a second delivery no second effect, and waits for its operation as long
   * as that can still fail, four minutes at most: a start without capacity is refused only there.
   *
   * @throws CostGuardError as `fromGceError`
   */
  change: (change: GceChange) => Promise<void>;
}

interface GceOptions extends Pick<RestOptions, 'token' | 'note' | 'fetch'> {
  /** In place of Google's own address. */
  endpoint?: string | undefined;
  /** Milliseconds for which an operation is waited for; default 240,000. */
  operationWaitMs?: number;
}

const OPERATION_WAIT_MS = 4 * 60_000;
// The API answers `wait` after two minutes at the latest, done or not.
const WAIT_TIMEOUT_MS = 130_000;
const PAUSE_MS = 1_000;

const Operation = z.object({
  name: z.string().regex(/^[\w-]{1,128}$/),
  status: z.enum(['PENDING', 'RUNNING', 'DONE']),
  error: z.object({ errors: z.array(z.object({ code: z.string().optional() })) }).optional(),
});
const ErrorBody = z.object({
  error: z.object({
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    details: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});

/**
 * The client of Compute Engine. Google's own package is not used: it brings 100 MB for the dozen requests that are needed.
 *
 * @see https://cloud.google.com/compute/docs/reference/rest/v1
 */
export function createGce({ endpoint, operationWaitMs, ...given }: GceOptions): Gce {
  const base = `${(endpoint ?? 'https://compute.googleapis.com').replace(/\/+$/, '')}/compute/v1`;
  const send = createRest({
    ...given,
    provider: 'gcp',
    name: 'Google',
    origin: new URL(base).origin,
    read: (answer) => ({
      word: answer.status < 300 ? undefined : reasonOf(answer),
      requestId: Operation.safeParse(answer.json).data?.name,
    }),
  });
  const read: Gce['read'] = async ({ path, permission, body, schema }) => {
    const answer = await send({
      method: body === undefined ? 'GET' : 'POST',
      url: `${base}/${path}`,
      permission,
      resource: path,
      isRead: true,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 300) throw toError(answer, permission);
    return parseAnswer(schema, answer.json, 'Google');
  };
  const change = async ({ method = 'POST', path, body, ...about }: GceChange): Promise<void> => {
    const answer = await send({
      method,
      url: `${base}/${path}?requestId=${callUuid(about.key)}`,
      permission: about.permission,
      resource: about.resource,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 300) throw toError(answer, about.permission);
    const zone = /^projects\/[^/]+\/zones\/[^/]+/.exec(path)?.[0] ?? '';
    const begun = parseAnswer(Operation, answer.json, 'Google');
    const until = Date.now() + (operationWaitMs ?? OPERATION_WAIT_MS);
    await follow(send, { zone, url: `${base}/${zone}`, until }, begun, about.permission);
  };
  const find: Gce['find'] = (what) =>
    read(what).catch((error: unknown) => {
      if (error instanceof CostGuardError && error.code === 'resource_not_found') return undefined;
      throw error;
    });
  return { read, find, change };
}

/** The change was taken by now: where its operation cannot be followed, the resource's own state tells what came of it. */
async function follow(
  send: Rest,
  { zone, url, until }: { zone: string; url: string; until: number },
  begun: z.output<typeof Operation>,
  permission: string,
): Promise<void> {
  let operation = begun;
  while (operation.status !== 'DONE' && Date.now() < until) {
    const answer = await send({
      method: 'POST',
      url: `${url}/operations/${operation.name}/wait`,
      permission: 'compute.zoneOperations.get',
      resource: `${zone}/operations/${operation.name}`,
      isRead: true,
      timeoutMs: WAIT_TIMEOUT_MS,
    });
    // Whoever may not look at operations still has the resource's own state.
    if (answer.status === 403 || answer.status === 404) return;
    if (answer.status >= 300) throw toError(answer, 'compute.zoneOperations.get');
    operation = parseAnswer(Operation, answer.json, 'Google');
    // `wait` does its best only: a server under load answers at once.
    if (operation.status !== 'DONE') await pause(PAUSE_MS);
  }
  if (operation.error === undefined) return;
  const reason = operation.error.errors[0]?.code ?? 'unknown';
  throw fromGceError({ status: undefined, reason }, permission);
}

function toError(answer: RestAnswer, permission: string): CostGuardError {
  const retryAfterMs = findRetryAfterMs(answer.headers, new Date());
  return fromGceError(
    { status: answer.status, reason: reasonOf(answer), retryAfterMs },
    permission,
  );
}

function reasonOf({ json }: RestAnswer): string {
  const none: z.output<typeof ErrorBody> = { error: {} };
  const { error } = ErrorBody.safeParse(json).data ?? none;
  const detail = error.details?.find(({ reason }) => reason !== undefined)?.reason;
  const reason = error.errors?.[0]?.reason ?? detail ?? error.status ?? 'unknown';
  return /^\w{1,60}$/.test(reason) ? reason : 'unknown';
}
