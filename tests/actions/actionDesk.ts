import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { CloudCall } from '../../activities/actions/cloudCalls/cloudCall.ts';
import { Client, type Connection } from '@temporalio/client';
import type { DataConverter, TypedSearchAttributes } from '@temporalio/common';
import type { DecisionKind } from '../../core/actions/decide.ts';
import type { ActionCreate, ActionStatus } from '../../core/contracts/action.ts';
import type { Provider } from '../../core/contracts/scalars.ts';
import type { Role } from '../../core/contracts/access.ts';
import { PolicyRule } from '../../core/contracts/policy.ts';
import { connect, type Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { insertAction, targetOf } from '../../db/queries/actions/insertAction.ts';
import { insertPolicy } from '../../db/queries/policies/insertPolicy.ts';
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
import { readHistory } from '../servers/readHistory.ts';
import { TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';

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
  /** Default that of all tests. */
  dataConverter?: DataConverter;
}) {
  const { db, close } = connect(at.databaseUrl, { applicationName: 'test-desk', poolSizeMax: 4 });
  const client = new Client({
    connection: at.temporal,
    namespace: at.namespace,
    dataConverter: at.dataConverter ?? TEST_DATA_CONVERTER,
  });
  const people = {
    proposer: await addPerson(db, 'olga', 'admin'),
    approver: await addPerson(db, 'anna', 'approver'),
    admin: await addPerson(db, 'ben', 'admin'),
    operator: await addPerson(db, 'otto', 'operator'),
    viewer: await addPerson(db, 'vera', 'viewer'),
  };
  const handle = (actionId: string) => client.workflow.getHandle(actionWorkflowId(actionId));

  const insertAny = async (create: ActionCreate, expiresInMs = 600_000) => {
    const id = randomUUID();
    const proposedBy = { kind: 'user', ...people.proposer } as const;
    const expiresAt = new Date(Date.now() + expiresInMs);
    await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
    return { id, resourceId: create.resourceId, target: targetOf(create) };
  };
  const proposeAny = async (create: ActionCreate, expiresInMs?: number) => {
    const action = await insertAny(create, expiresInMs);
    const options = { ...actionStartOptions(action), taskQueue: at.taskQueue };
    await client.workflow.start(ACTION_WORKFLOW_TYPE, options);
    return action.id;
  };
  /** A connection of its own, to any provider. */
  const addConnection = async (provider: Provider) => {
    const id = randomUUID();
    await db
      .insertInto('connections')
      .values({
        id,
        provider,
        name: `${provider} ${id}`,
        mode: 'actions',
        poll_interval_minutes: 60,
      })
      .execute();
    return id;
  };
  const connectionId = await addConnection('aws');
  const resizeOf = (resourceId: string, instanceType: string): ActionCreate => ({
    kind: 'resize_instance',
    connectionId,
    resourceId,
    region: 'us-east-1',
    target: { instanceType },
  });
  const insert = (resourceId: string, instanceType: string, expiresInMs: number) =>
    insertAny(resizeOf(resourceId, instanceType), expiresInMs);
  const propose = (resourceId: string, instanceType = 'm5.large', expiresInMs?: number) =>
    proposeAny(resizeOf(resourceId, instanceType), expiresInMs);
  /** Proposes to limit a key, on a connection of its own unless one is named. */
  const proposeKey = async (
    provider: 'openai' | 'anthropic',
    resourceId: string,
    projectId?: string,
    own?: string,
  ) =>
    proposeAny({
      kind: 'limit_api_key',
      connectionId: own ?? (await addConnection(provider)),
      resourceId,
      ...(projectId !== undefined && { projectId }),
    });
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
    proposeAny,
    proposeKey,
    addConnection,
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
      const readable = (await readHistory(events ?? [])) as unknown[];
      const texts = readable.map((event) => JSON.stringify(event).replaceAll('\\"', '"'));
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
    /** Adds a policy, enabled; returns its id. */
    addPolicy: async (name: string, rule: z.input<typeof PolicyRule>) =>
      (await insertPolicy(db, { name, rule: PolicyRule.parse(rule), enabled: true })).id,
    clearPolicies: async () => {
      await db.deleteFrom('policies').execute();
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

/** Asks until the answer is as wanted; throws with the last answer after 100 seconds. */
export async function poll<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 100_000;
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

function summarise(answer: unknown): unknown {
  const { status, failure } = answer as Partial<StoredAction>;
  return status === undefined ? answer : { status, failure };
}
