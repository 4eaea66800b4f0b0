import { z } from 'zod';
import { pageOf, PageQuery } from './page.ts';
import { Id, Instant, plainText } from './scalars.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

/** One entry of the audit log, as it is listed and exported. */
export const AuditRecord = z
  .strictObject({
    seq: z.int().min(1).meta({ description: 'Its number; the first entry is 1, none is left out' }),
    at: Instant,
    actorKind: z.enum(['user', 'service', 'system']),
    actorId: z.string().nullable(),
    actorName: z.string(),
    operation: z.string().meta({ description: 'noun.verb', example: 'action.approve' }),
    subject: z
      .string()
      .nullable()
      .meta({ description: 'What it was done to, noun:id', example: 'action:0199f3a2' }),
    detail: z
      .record(z.string(), z.unknown())
      .meta({ description: 'A change has `before` and `after`; never a secret' }),
    previousHash: Hash.meta({ description: 'Hash of the entry before it; 64 zeros for the first' }),
    hash: Hash.meta({ description: 'SHA-256 of previousHash and the entry’s canonical JSON' }),
  })
  .meta({ id: 'AuditRecord' });

/** One entry of the audit log, as it is listed and exported. */
export type AuditRecord = z.infer<typeof AuditRecord>;

const Text = plainText(200);

/** Which entries; what is left out lets all through. */
const filter = {
  actor: Text.optional().meta({ description: 'Id or name of who did it, exactly' }),
  operation: Text.optional().meta({
    description: 'An operation such as action.approve, or action for all of its kind',
  }),
  subject: Text.optional().meta({
    description: 'What it was done to, such as connection:ID, or connection for all of its kind',
  }),
  from: Instant.optional().meta({ description: 'First instant, included' }),
  to: Instant.optional().meta({ description: 'Last instant, excluded' }),
};

const isPeriod = ({ from, to }: { from?: string | undefined; to?: string | undefined }) =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to);
const emptyPeriod = { path: ['to'], message: 'must be after from' };

/** Which entries of the log. */
export const AuditFilter = z.strictObject(filter).refine(isPeriod, emptyPeriod);

/** Which entries of the log. */
export type AuditFilter = z.infer<typeof AuditFilter>;

/** Which entries, and which page of them. */
export const AuditListQuery = z
  .strictObject({ ...PageQuery, ...filter })
  .refine(isPeriod, emptyPeriod);

/** A page of the log, newest first. */
export const AuditPage = pageOf('AuditPage', AuditRecord);

/** Where the chain ends now: kept elsewhere, it shows later that nothing was cut off. */
export const AuditHead = z
  .object({
    seq: z.int().min(0).meta({ description: '0 while the log is empty' }),
    hash: Hash,
    at: Instant.nullable(),
    gaps: z.array(z.string()).meta({
      description: 'How the database login could change the log; empty where it cannot',
    }),
  })
  .meta({ id: 'AuditHead' });

/** What is wrong with a log, and where. */
export const AuditFinding = z
  .object({
    kind: z.enum([
      'unreadable',
      'changed',
      'removed',
      'inserted',
      'reordered',
      'cut',
      'other_log',
      'plan_mismatch',
    ]),
    line: z.int().nullable().meta({ description: 'Line of the export; null where there is none' }),
    seq: z
      .int()
      .nullable()
      .meta({ description: 'Number of the entry, or of the first of several' }),
    lastSeq: z.int().nullable().meta({ description: 'Number of the last of several' }),
    text: z.string(),
  })
  .meta({ id: 'AuditFinding' });

/** What is wrong with a log, and where. */
export type AuditFinding = z.infer<typeof AuditFinding>;

/** What the whole stored chain looks like. */
export const AuditVerification = z
  .object({
    entries: z.int().min(0),
    head: Hash,
    isIntact: z.boolean(),
    findings: z.array(AuditFinding).meta({ description: 'The first 100' }),
  })
  .meta({ id: 'AuditVerification' });

/** What the whole stored chain looks like. */
export type AuditVerification = z.infer<typeof AuditVerification>;

const word = (lengthMax: number) => plainText(lengthMax);

/** Requests that one tool call of an MCP server made to its provider, of one operation and one outcome. */
export const CloudCall = z.strictObject({
  at: Instant,
  tool: word(64),
  operation: word(100),
  connectionId: Id.nullable(),
  caller: word(200),
  status: word(64).meta({ description: 'ok, or the error code' }),
  count: z.int().min(1).max(100_000),
});

/** Requests that one tool call made to its provider. */
export type CloudCall = z.infer<typeof CloudCall>;

/** A report of an MCP server: what it asked its provider since the last one. */
export const CloudCallReport = z
  .strictObject({
    server: word(64),
    calls: z.array(CloudCall).max(500),
    lost: z.int().min(0).max(1_000_000_000).default(0).meta({
      description: 'Calls that the server could not keep for a report since the last one',
    }),
  })
  .refine(({ calls, lost }) => calls.length > 0 || lost > 0, {
    path: ['calls'],
    message: 'must hold a call where none was lost',
  })
  .meta({ id: 'CloudCallReport' });

/** A report of an MCP server. */
export type CloudCallReport = z.infer<typeof CloudCallReport>;
