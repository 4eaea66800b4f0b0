import { canonicalJson } from '../canonicalJson.ts';
import type { AuditRecord } from '../contracts/audit.ts';

/** An entry as one line of an export: its canonical JSON, without the line's end. Every byte of it can be verified. */
export const toAuditLine = (record: AuditRecord): string => canonicalJson(record);

/** The entries as lines, each with its end. */
export const toAuditLines = (records: readonly AuditRecord[]): string =>
  records.map((record) => `${toAuditLine(record)}\n`).join('');
