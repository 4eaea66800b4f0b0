import { CostGuardError } from '../errors.ts';

/** Where a page of a list sorted by time and id ended. */
export interface TimeCursor {
  at: string;
  id: string;
}

// Postgres refuses NUL in text; nothing that is listed has control characters.
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The text a client sends back for the next page; it carries nothing secret and needs no server state. */
export function encodeCursor(parts: readonly string[]): string {
  return encodeURIComponent(JSON.stringify(parts));
}

/** Reads a cursor of `count` parts. @throws CostGuardError `invalid_request` for anything else */
export function decodeCursor(cursor: string, count: number): string[] {
  try {
    const parts: unknown = JSON.parse(decodeURIComponent(cursor));
    if (isTexts(parts) && parts.length === count) return parts;
  } catch {
    // Falls through to the one answer for every cursor that we did not make.
  }
  throw badCursor();
}

/** Reads a cursor of a list sorted by time and id. @throws CostGuardError `invalid_request` */
export function decodeTimeCursor(cursor: string): TimeCursor {
  const [at = '', id = ''] = decodeCursor(cursor, 2);
  const isTime = TIME.test(at) && Date.parse(at) > 0;
  if (!isTime || !UUID.test(id)) throw badCursor();
  return { at, id };
}

function isTexts(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((part) => typeof part === 'string' && STORABLE.test(part))
  );
}

/** What a cursor of another list, or of nobody, is answered with. */
export function badCursor(): CostGuardError {
  return new CostGuardError(
    'invalid_request',
    'Send next_cursor of the page before, unchanged, or leave cursor out.',
    {
      errors: [{ pointer: 'cursor', detail: 'is not a cursor of this list' }],
    },
  );
}
