/**
 * The roles beside CostGuard's own login (the user of DATABASE_URL), which owns all data tables. Neither can log in.
 * They exist only where `migrate` was given an administrator's login; see docs/identity/audit.md, "database roles".
 */
export const VIEWER_ROLE = 'costguard_viewer';

/** Owns the audit log and its guards, and nothing else; nobody but an administrator may become it. */
export const AUDIT_ROLE = 'costguard_audit';
