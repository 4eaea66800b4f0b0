/** The id of the Temporal Schedule of the housekeeping, and of its workflow. */
export const MAINTENANCE_SCHEDULE_ID = 'maintenance';

/** The workflow that the housekeeping is. */
export const MAINTENANCE_WORKFLOW_TYPE = 'maintenance';
