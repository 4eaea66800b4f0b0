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

/** The page that a call asks for, and how the cursor of the next is made. */
export interface Page {
  /** Rows asked for. */
  limit: number;
  /** Where the page begins, from its cursor; undefined for the first. */
  position: CursorPosition | undefined;
  seal: (position: CursorPosition) => string;
}

/** Seals and opens cursors. They hold no cost data and no credential, and any replica with the same key can open them. */
export interface CursorSeal {
  /**
   * The page that a call of `tool` asks for. Its cursor fits only the same arguments, but for where and how long a page
   * is and how old its answer may be.
   *
   * @throws ToolError `CURSOR_EXPIRED` when the cursor is older than an hour, changed, or of another question or tenant
   */
  page(tool: string, input: PageInput, tenant: string): Page;
}

/** The arguments of a tool that answers in pages. */
export interface PageInput {
  limit: number;
  cursor?: string | undefined;
  maxAgeSeconds?: number | undefined;
}

const LIFETIME_MS = 3_600_000;
const KEY_BYTES = 32;

/**
 * Cursors signed with HMAC-SHA-256, bound to tenant and question. Without a key each process makes its own, so that
 * cursors end with the process.
 */
export function createCursorSeal(
  now: () => Date,
  key: Uint8Array = randomBytes(KEY_BYTES),
): CursorSeal {
  const mac = (body: string) => createHmac('sha256', key).update(body).digest();
  const seal = ({ offset, version }: CursorPosition, owner: string): string => {
    const body = encode([offset, version, now().getTime() + LIFETIME_MS, owner]);
    return `${body}.${mac(body).toString('base64url')}`;
  };
  const open = (cursor: string, owner: string): CursorPosition => {
    const [body = '', signature = ''] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = mac(body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw expired();
    const [offset, version, until, sealedFor] = decode(body);
    if (until < now().getTime() || sealedFor !== owner) throw expired();
    return { offset, version };
  };
  return {
    page: (tool, input, tenant) => {
      const { limit, cursor } = input;
      const question = { ...input, limit: undefined, cursor: undefined, maxAgeSeconds: undefined };
      const owner = fingerprint([tenant, tool, question]);
      return {
        limit,
        position: cursor === undefined ? undefined : open(cursor, owner),
        seal: (position) => seal(position, owner),
      };
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

type Body = [offset: number, version: string, until: number, owner: string];

const encode = (body: Body): string => Buffer.from(JSON.stringify(body)).toString('base64url');
// Only ever called on a body whose signature held.
const decode = (body: string): Body =>
  JSON.parse(Buffer.from(body, 'base64url').toString()) as Body;
