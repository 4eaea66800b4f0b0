import { activityInfo } from '@temporalio/activity';
import { KeyRotation } from '../../core/contracts/signingKey.ts';
import type { Database } from '../../db/connect.ts';
import { type Removed, removeExpired } from '../../db/queries/identity/removeExpired.ts';
import type { PlatformApi } from '../platform/platformApi.ts';

/** What the housekeeping uses. */
export interface MaintenanceDependencies {
  db: Database;
  api: PlatformApi;
}

/** The activities of the workflow `maintenance`. */
export function createMaintenanceActivities({ db, api }: MaintenanceDependencies) {
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
    removeExpired: (): Promise<Removed> => removeExpired(db),
  };
}

/** Their types, for the workflow. */
export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;
