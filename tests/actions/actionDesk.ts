import { randomUUID } from 'node:crypto';
import type { CloudCall } from '../../activities/actions/cloudCalls/cloudCall.ts';
import { Client, type Connection } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import type { DecisionKind } from '../../core/actions/decide.ts';
import type { ActionStatus } from '../../core/contracts/action.ts';
import type { Role } from '../../core/contracts/access.ts';
import { connect, type Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { insertAction, targetOf } from '../../db/queries/actions/insertAction.ts';
import { listActionEvents } from '../../db/queries/actions/listActionEvents.ts';
import { listActionSteps } from '../../db/queries/actions/listActionSteps.ts';
import {
  ACTION_WORKFLOW_TYPE,
  actionStartOptions,
  actionWorkflowId,
  type Decision,
  DECISION_SIGNALS,
  decisionOutcomeUpdate,
} from '../../workflows/messages.ts';

/** Someone with a user account. */
export interface Person {
  id: string;
  name: string;
}

/** A decision as a test makes it; what is left out is right. */
export interface TestDecision {
  by?: Person;
  planHash?: string;
  decisionId?: string;
  reason?: string;
}

/** What the API does, in the tests' words: propose, decide, look. */
export type ActionDesk = Awaited<ReturnType<typeof openDesk>>;

/** Opens a desk on a database and a Temporal namespace, with a connection and people of its own. */
export async function openDesk(at: {
  databaseUrl: string;
  temporal: Connection;
  namespace: string;
  taskQueue: string;
}) {
  const { db, close } = connect(at.databaseUrl, { applicationName: 'test-desk', poolSizeMax: 4 });
  const client = new Client({ connection: at.temporal, namespace: at.namespace });
  const connectionId = randomUUID();
  await db
    .insertInto('connections')
    .values({
      id: connectionId,
      provider: 'aws',
      name: `aws ${connectionId}`,
      mode: 'actions',
      poll_interval_minutes: 60,
    })
    .execute();
  const people = {
    proposer: await addPerson(db, 'olga', 'admin'),
    approver: await addPerson(db, 'anna', 'approver'),
    admin: await addPerson(db, 'ben', 'admin'),
    operator: await addPerson(db, 'otto', 'operator'),
    viewer: await addPerson(db, 'vera', 'viewer'),
  };
  const handle = (actionId: string) => client.workflow.getHandle(actionWorkflowId(actionId));

  const insert = async (resourceId: string, instanceType: string, expiresInMs: number) => {
    const id = randomUUID();
    const create = {
      kind: 'resize_instance',
      connectionId,
      resourceId,
      region: 'us-east-1',
      target: { instanceType },
    } as const;
    const proposedBy = { kind: 'user', ...people.proposer } as const;
    const expiresAt = new Date(Date.now() + expiresInMs);
    await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
    return { id, resourceId, target: { instanceType } };
  };
  const propose = async (resourceId: string, instanceType = 'm5.large', expiresInMs = 600_000) => {
    const action = await insert(resourceId, instanceType, expiresInMs);
    const options = { ...actionStartOptions(action), taskQueue: at.taskQueue };
    await client.workflow.start(ACTION_WORKFLOW_TYPE, options);
    return action.id;
  };
  /** Proposes to limit a key, on a connection of its own. */
  const proposeKey = async (
    provider: 'openai' | 'anthropic',
    resourceId: string,
    projectId?: string,
  ) => {
    const id = randomUUID();
    const own = randomUUID();
    await db
      .insertInto('connections')
      .values({
        id: own,
        provider,
        name: `${provider} ${own}`,
        mode: 'actions',
        poll_interval_minutes: 60,
      })
      .execute();
    const create = {
      kind: 'limit_api_key',
      connectionId: own,
      resourceId,
      ...(projectId !== undefined && { projectId }),
    } as const;
    const proposedBy = { kind: 'user', ...people.proposer } as const;
    const expiresAt = new Date(Date.now() + 600_000);
    await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
    const options = actionStartOptions({ id, resourceId, target: targetOf(create) });
    await client.workflow.start(ACTION_WORKFLOW_TYPE, { ...options, taskQueue: at.taskQueue });
    return id;
  };
  const until = (actionId: string, ...wanted: ActionStatus[]) =>
    poll(
      () => getAction(db, actionId),
      (action) => wanted.includes(action.status),
    );
  const untilPlanned = async (actionId: string) => {
    const action = await poll(
      () => getAction(db, actionId),
      (now) => now.plan !== null || now.status !== 'proposed',
    );
    return action;
  };
  const send = async (actionId: string, kind: DecisionKind, given: TestDecision = {}) => {
    const by = given.by ?? people.approver;
    const planHash =
      given.planHash ?? (kind === 'approve' ? (await untilPlanned(actionId)).planHash : undefined);
    const decision: Decision = {
      decisionId: given.decisionId ?? randomUUID(),
      decidedById: by.id,
      decidedByName: by.name,
      ...(planHash && { planHash }),
      ...(given.reason !== undefined && { reason: given.reason }),
    };
    await handle(actionId).signal(DECISION_SIGNALS[kind], decision);
    return decision.decisionId;
  };
  const outcomeOf = (actionId: string, decisionId: string) =>
    handle(actionId).executeUpdate(decisionOutcomeUpdate, { args: [{ decisionId }] });
  return {
    db,
    client,
    people,
    connectionId,
    handle,
    insert,
    propose,
    proposeKey,
    until,
    untilPlanned,
    send,
    outcomeOf,
    /** Sends a decision and returns what came of it, as the API does. */
    decide: async (actionId: string, kind: DecisionKind, given: TestDecision = {}) =>
      outcomeOf(actionId, await send(actionId, kind, given)),
    events: async (actionId: string) =>
      (await listActionEvents(db, actionId)).map((e) => `${e.type} ${e.status}: ${e.summary}`),
    steps: async (actionId: string) =>
      Object.fromEntries((await listActionSteps(db, actionId)).map((s) => [s.key, s])),
    audit: async (actionId: string) =>
      (
        await db
          .selectFrom('audit_log')
          .select(['operation', 'actor_name'])
          .where('subject', '=', `action:${actionId}`)
          .where('operation', '!=', 'cloud.call')
          .orderBy('seq')
          .execute()
      ).map((row) => `${row.operation} ${row.actor_name}`),
    /** What the worker asked of the provider for an action, as the audit log has it. */
    cloudCalls: async (actionId: string) =>
      (
        await db
          .selectFrom('audit_log')
          .select('detail')
          .where('subject', '=', `action:${actionId}`)
          .where('operation', '=', 'cloud.call')
          .orderBy('seq')
          .execute()
      ).map(({ detail }) => detail as unknown as CloudCall),
    /** The history as text with its payloads readable, and how many events there are up to one that matches. */
    historyText: async (actionId: string, upTo: RegExp) => {
      const { events = [] } = await handle(actionId).fetchHistory();
      const texts = (events ?? []).map((event) =>
        JSON.stringify(event, readable).replaceAll('\\"', '"'),
      );
      // The moves are written as they are made; the completion of the activity is two events on.
      const found = texts.findIndex((text) => upTo.test(text));
      return { text: texts.join('\n'), events: found + 4, total: texts.length };
    },
    untilTimer: (actionId: string, state: 'Started' | 'Fired') =>
      poll(
        async () => (await handle(actionId).fetchHistory()).events ?? [],
        (events) => events.some((event) => event[`timer${state}EventAttributes`]),
      ),
    /** Search attributes follow a workflow task with a short delay. */
    untilSearchable: (actionId: string, name: string) =>
      poll(
        async () => attributesOf((await handle(actionId).describe()).typedSearchAttributes),
        (attributes) => attributes[name] !== undefined,
      ),
    /** How often the activity that runs now has been tried. */
    untilAttempt: (actionId: string, attempt: number) =>
      poll(
        async () => (await handle(actionId).describe()).raw.pendingActivities?.[0]?.attempt ?? 0,
        (now) => now >= attempt,
      ),
    untilEvent: async (actionId: string, pattern: RegExp) => {
      await poll(
        () => listActionEvents(db, actionId),
        (events) => events.some((e) => pattern.test(`${e.type} ${e.status}: ${e.summary}`)),
      );
    },
    rawPool: () => Promise.resolve(connect(at.databaseUrl, { applicationName: 'test-raw' })),
    /** Ends workflows that a test left open. */
    end: async (actionId: string) => {
      await handle(actionId)
        .terminate('end of test')
        .catch(() => undefined);
    },
    close,
  };
}

async function addPerson(db: Database, name: string, role: Role): Promise<Person> {
  const id = randomUUID();
  await db
    .insertInto('users')
    .values({ id, username: `${name}-${id.slice(0, 8)}`, role, password_hash: 'none' })
    .execute();
  return { id, name };
}

/** Asks until the answer is as wanted; throws with the last answer after 60 seconds. */
export async function poll<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > giveUpAt) {
      throw new Error(`Not reached; last seen: ${JSON.stringify(summarise(answer))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function attributesOf(typed: TypedSearchAttributes): Record<string, unknown> {
  return Object.fromEntries(typed.getAll().map(({ key, value }) => [key.name, value]));
}

// In its JSON form a payload's bytes are base64.
function readable(key: string, value: unknown): unknown {
  return key === 'data' && typeof value === 'string'
    ? Buffer.from(value, 'base64').toString('utf8')
    : value;
}

function summarise(answer: unknown): unknown {
  const { status, failure } = answer as Partial<StoredAction>;
  return status === undefined ? answer : { status, failure };
}
