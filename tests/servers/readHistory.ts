import { decryptHistory, isPayload } from './decryptHistory.ts';

/** A part of a history with its payloads as readable text, for searching through it. */
export async function readHistory(part: unknown): Promise<unknown> {
  return readable(await decryptHistory(part));
}

function readable(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(readable);
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return part;
  if (isPayload(part)) return Buffer.from(part.data ?? new Uint8Array()).toString();
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, readable(value)]));
}
