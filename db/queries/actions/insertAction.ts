import type { ActionCreate, ActionTarget } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';

/** Who proposes what. */
export interface NewAction {
  id: string;
  create: ActionCreate;
  proposedBy: { kind: 'user' | 'service'; id: string; name: string };
  expiresAt: Date;
}

/**
 * Stores a proposal with its first event; its workflow makes the plan.
 *
 * @throws CostGuardError `connection_not_found`, `connection_read_only`, `unsupported`, `anomaly_not_found`,
 * `invalid_request` for a key of OpenAI without its project, or `action_open_for_resource` while another action on the resource is open
 */
export async function insertAction(tx: Database, action: NewAction): Promise<void> {
  const { create, proposedBy } = action;
  await assertConnectionTakes(tx, create);
  await assertAnomalyExists(tx, create.anomalyId);
  const inserted = await tx
    .insertInto('actions')
    .values({
      id: action.id,
      kind: create.kind,
      status: 'proposed',
      connection_id: create.connectionId,
      resource_id: create.resourceId,
      region: create.kind === 'resize_instance' ? create.region : '',
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
  return create.kind === 'resize_instance'
    ? create.target
    : { projectId: create.projectId ?? null };
}

const PROVIDERS: Readonly<Record<ActionCreate['kind'], { of: readonly string[]; detail: string }>> =
  {
    resize_instance: { of: ['aws'], detail: 'Instances can be resized on AWS connections only.' },
    limit_api_key: {
      of: ['openai', 'anthropic'],
      detail: 'API keys can be limited on OpenAI and Anthropic connections only.',
    },
  };

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
  if (!PROVIDERS[create.kind].of.includes(connection.provider)) {
    throw new CostGuardError('unsupported', PROVIDERS[create.kind].detail, {
      errors: [{ pointer: '/connectionId', detail: `is a connection to ${connection.provider}` }],
    });
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
