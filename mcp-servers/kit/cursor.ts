import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { ToolError } from '../../core/mcp/toolError.ts';

/** Where a page begins, in which answer to which request. */
export interface CursorPosition {
  /** Rows before the page. */
  offset: number;
  /** Fingerprint of the whole answer: a page of another answer would not fit. */
  version: string;
}

/** Seals and opens cursors. They hold no cost data and no credential, and any replica with the same key can open them. */
export interface CursorSeal {
  seal(position: CursorPosition, request: unknown, tenant: string): string;
  /** @throws ToolError `CURSOR_EXPIRED` when the cursor is older than an hour, changed, or of another request */
  open(cursor: string, request: unknown, tenant: string): CursorPosition;
}

const LIFETIME_MS = 3_600_000;
const KEY_BYTES = 32;

/**
 * Cursors signed with HMAC-SHA-256, bound to tenant and request. Without a key each process makes its own, so that
 * cursors end with the process.
 */
export function createCursorSeal(
  now: () => Date,
  key: Uint8Array = randomBytes(KEY_BYTES),
): CursorSeal {
  const mac = (body: string) => createHmac('sha256', key).update(body).digest();
  return {
    seal: ({ offset, version }, request, tenant) => {
      const until = now().getTime() + LIFETIME_MS;
      const body = encode([offset, version, until, fingerprint([tenant, request])]);
      return `${body}.${mac(body).toString('base64url')}`;
    },
    open: (cursor, request, tenant) => {
      const [body = '', signature = ''] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(body);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw expired();
      const [offset, version, until, request_] = decode(body);
      if (until < now().getTime() || request_ !== fingerprint([tenant, request])) throw expired();
      return { offset, version };
    },
  };
}

/** A short hash of a value that has a JSON form; equal for equal values. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 22);
}

/** The error for a cursor that leads nowhere any more. */
export function expired(): ToolError {
  return new ToolError(
    'CURSOR_EXPIRED',
    'The cursor does not fit: it is older than an hour, belongs to other arguments, or the data changed since the first page. Call again without cursor.',
    { field: 'cursor' },
  );
}

type Body = [offset: number, version: string, until: number, request: string];

const encode = (body: Body): string => Buffer.from(JSON.stringify(body)).toString('base64url');
// Only ever called on a body whose signature held.
const decode = (body: string): Body =>
  JSON.parse(Buffer.from(body, 'base64url').toString()) as Body;
