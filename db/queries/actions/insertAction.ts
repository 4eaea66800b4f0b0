import { sql } from 'kysely';
import { canonicalResourceId, findMismatch } from '../../../core/actions/fitProvider.ts';
import type { ActionCreate, ActionTarget } from '../../../core/contracts/action.ts';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';

/** Who proposes what. */
export interface NewAction {
  id: string;
  create: ActionCreate;
  proposedBy: { kind: 'user' | 'service'; id: string; name: string };
  expiresAt: Date;
  /** What the platform proposes again within these days of a no is refused; people may always. Default 0: never. */
  quietDays?: number;
}

/**
 * Stores a proposal with its first event; its workflow makes the plan.
 *
 * @throws CostGuardError `connection_not_found`, `connection_read_only`, `unsupported`, `anomaly_not_found`, `proposal_quiet`,
 * `invalid_request` for a key of OpenAI without its project, or `action_open_for_resource` while another action on the resource is open
 */
export async function insertAction(tx: Database, action: NewAction): Promise<void> {
  const { create, proposedBy } = action;
  await assertConnectionTakes(tx, create);
  await assertAnomalyExists(tx, create.anomalyId);
  if (proposedBy.kind === 'service') await assertNotQuiet(tx, create, action.quietDays ?? 0);
  const inserted = await tx
    .insertInto('actions')
    .values({
      id: action.id,
      kind: create.kind,
      status: 'proposed',
      connection_id: create.connectionId,
      resource_id: canonicalResourceId(create.resourceId),
      region: 'region' in create ? create.region : '',
      target: JSON.stringify(targetOf(create)),
      anomaly_id: create.anomalyId ?? null,
      reason: create.reason ?? null,
      proposed_by_kind: proposedBy.kind,
      proposed_by_id: proposedBy.id,
      proposed_by_name: proposedBy.name,
      expires_at: action.expiresAt,
    })
    // The only conflict is the index that allows one open action for each resource.
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    throw new CostGuardError(
      'action_open_for_resource',
      'Decide or cancel the open action on this resource first; the list of actions shows it.',
    );
  }
  await tx
    .insertInto('action_events')
    .values({
      action_id: action.id,
      seq: 1,
      event_key: 'proposed',
      type: 'status',
      status: 'proposed',
      actor: proposedBy.name,
      summary: `Proposed by ${proposedBy.name}`,
    })
    .execute();
}

/** What an action's resource is to become, as stored. */
export function targetOf(create: ActionCreate): ActionTarget {
  switch (create.kind) {
    case 'resize_instance':
      return create.target;
    case 'stop_instance':
      return { state: 'stopped' };
    case 'start_instance':
      return { state: 'running' };
    case 'delete_volume':
      return { state: 'deleted' };
    case 'limit_api_key':
      return { projectId: create.projectId ?? null };
  }
}

// OpenAI has limits for each project only, and finds a key by its project only.
function assertProjectIsNamed(create: ActionCreate, provider: string): void {
  if (create.kind !== 'limit_api_key' || provider !== 'openai') return;
  if (create.projectId !== undefined) return;
  throw new CostGuardError(
    'invalid_request',
    'Correct the fields named in errors and send the request again.',
    { errors: [{ pointer: '/projectId', detail: 'is needed for a key of OpenAI' }] },
  );
}

async function assertConnectionTakes(tx: Database, create: ActionCreate): Promise<void> {
  const connection = await tx
    .selectFrom('connections')
    .select(['provider', 'mode', 'name'])
    .where('id', '=', create.connectionId)
    .executeTakeFirst();
  if (connection === undefined) {
    throw unknownConnection();
  }
  const mismatch = findMismatch(create, connection.provider as Provider);
  if (mismatch !== undefined) {
    throw new CostGuardError('unsupported', mismatch.detail, { errors: [mismatch.field] });
  }
  assertProjectIsNamed(create, connection.provider);
  if (connection.mode !== 'actions') {
    throw new CostGuardError(
      'connection_read_only',
      `An admin can allow actions for the connection ${connection.name} under Connections.`,
    );
  }
}

async function assertAnomalyExists(tx: Database, anomalyId: string | undefined): Promise<void> {
  if (anomalyId === undefined) return;
  const anomaly = await tx
    .selectFrom('anomalies')
    .select('id')
    .where('id', '=', anomalyId)
    .executeTakeFirst();
  if (anomaly !== undefined) return;
  throw unknownAnomaly();
}

// What a person said no to, what nobody wanted to decide, and what had to be taken back.
const UNWANTED = ['rejected', 'cancelled', 'expired', 'failed', 'rolled_back'];

// The same for another finding is another matter: that the incident goes on, or came again, is news.
async function assertNotQuiet(tx: Database, create: ActionCreate, days: number): Promise<void> {
  const earlier = await tx
    .selectFrom('actions')
    .select('status')
    .where('connection_id', '=', create.connectionId)
    .where('resource_id', '=', canonicalResourceId(create.resourceId))
    .where('kind', '=', create.kind)
    .where('target', '=', JSON.stringify(targetOf(create)))
    .where((eb) => eb('anomaly_id', 'is not distinct from', create.anomalyId ?? null))
    .where('status', 'in', UNWANTED)
    .where('updated_at', '>', sql<Date>`now() - make_interval(days => ${days})`)
    .limit(1)
    .executeTakeFirst();
  if (earlier === undefined) return;
  throw new CostGuardError(
    'proposal_quiet',
    `The same was proposed in the last ${days} days and ended ${earlier.status.replaceAll('_', ' ')}; a person may propose it at any time.`,
  );
}

/** The one answer for a proposal on a connection that does not exist, or that the caller does not see. */
export function unknownConnection(): CostGuardError {
  return new CostGuardError(
    'connection_not_found',
    'Check connectionId; the list of connections has them.',
    { errors: [{ pointer: '/connectionId', detail: 'names no connection' }] },
  );
}

/** The one answer for a proposal because of a finding that does not exist, or that the caller does not see. */
export function unknownAnomaly(): CostGuardError {
  return new CostGuardError('anomaly_not_found', 'Check anomalyId, or leave it out.', {
    errors: [{ pointer: '/anomalyId', detail: 'names no anomaly' }],
  });
}
