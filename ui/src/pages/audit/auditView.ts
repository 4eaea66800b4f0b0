/** The filters of the page as the address has them; empty where there is none. */
export interface AuditView {
  actor: string;
  operation: string;
  subject: string;
  /** UTC days, the last one included. */
  from: string;
  to: string;
}

/** The names of the filters in the address. */
export const AUDIT_FILTERS = ['actor', 'operation', 'subject', 'from', 'to'] as const;

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The filters of an address; days that are none are left out. */
export function readAuditView(query: URLSearchParams): AuditView {
  const text = (name: string) => query.get(name)?.trim() ?? '';
  const day = (name: string) => {
    const value = text(name);
    return DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : '';
  };
  return {
    actor: text('actor'),
    operation: text('operation'),
    subject: text('subject'),
    from: day('from'),
    to: day('to'),
  };
}

/** What the API is asked for a view. */
export function toAuditQuery(view: AuditView) {
  const { actor, from, operation, subject, to } = view;
  return {
    ...(actor === '' ? {} : { actor }),
    ...(operation === '' ? {} : { operation }),
    ...(subject === '' ? {} : { subject }),
    ...(from === '' ? {} : { from: `${from}T00:00:00Z` }),
    ...(to === '' ? {} : { to: new Date(Date.parse(to) + 86_400_000).toISOString() }),
  };
}

/** Where the browser saves a view's entries from. */
export function exportAddress(view: AuditView): string {
  const query = new URLSearchParams(toAuditQuery(view)).toString();
  return `/api/v1/audit/export${query === '' ? '' : `?${query}`}`;
}
