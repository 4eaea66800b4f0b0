import { activityInfo } from '@temporalio/activity';
import { KeyRotation } from '../../core/contracts/signingKey.ts';
import type { Database } from '../../db/connect.ts';
import { type Removed, removeExpired } from '../../db/queries/identity/removeExpired.ts';
import { listUsedConnections } from '../../db/queries/llm/listUsedConnections.ts';
import { createRollUpUsage } from '../llm/pull/rollUpUsage.ts';
import { removeOldDeliveries } from '../../db/queries/notifications/removeOldDeliveries.ts';
import type { PlatformApi } from '../platform/platformApi.ts';

/** What the housekeeping uses. */
export interface MaintenanceDependencies {
  db: Database;
  api: PlatformApi;
  /** Months after which hours of language models' use become days; default 13. */
  hoursKeptMonths?: number;
  /** Days for which messages stay in the delivery log. */
  deliveryLogDays: number;
  now: () => Date;
}

/** The activities of the workflow `maintenance`. */
export function createMaintenanceActivities(dependencies: MaintenanceDependencies) {
  const { db, api, deliveryLogDays } = dependencies;
  const rollUp = createRollUpUsage(dependencies);
  return {
    /**
     * Has the API replace the signing key where it is due: the API seals and holds the private keys, and decides what is due,
     * so this worker needs the right to ask and nothing else. A second run finds nothing due: the first one's key is on
     * its way.
     */
    rotateDueKey: async (): Promise<KeyRotation> => {
      const { runId } = activityInfo().workflowExecution ?? { runId: '' };
      const { body } = await api.send({
        method: 'POST',
        path: '/api/v1/signing-keys/rotate-due',
        body: {},
        idempotencyKey: `rotate-due:${runId}`,
        reply: KeyRotation,
      });
      return body;
    },
    /** Removes what has run out; a second run finds nothing left to remove. */
    removeExpired: async (): Promise<Removed & { notificationDeliveries: number }> => ({
      ...(await removeExpired(db)),
      notificationDeliveries: await removeOldDeliveries(db, deliveryLogDays),
    }),
    /**
     * Makes hours of old minutes, and days of old hours, of all language models' use, however it came; returns how many rows
     * went into them. A second run goes on where the first one ended.
     */
    rollUpLlmUse: async (): Promise<number> => {
      let rows = 0;
      for (const connectionId of await listUsedConnections(db))
        rows += await rollUp({ connectionId });
      return rows;
    },
  };
}

/** Their types, for the workflow. */
export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;
