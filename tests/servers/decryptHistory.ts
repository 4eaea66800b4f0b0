import type { Payload, PayloadCodec } from '@temporalio/common';
import { TEST_CODEC } from './testPayloads.ts';

/** The same history, or part of one, with its payloads decrypted, and failures with their messages where they belong. */
export async function decryptHistory<T>(part: T, codec = TEST_CODEC): Promise<T> {
  return (await decrypt(codec, part)) as T;
}

async function decrypt(codec: PayloadCodec, part: unknown): Promise<unknown> {
  if (Array.isArray(part)) return Promise.all(part.map((one) => decrypt(codec, one)));
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return part;
  if (isPayload(part)) return (await codec.decode([part]))[0];
  const entries = Object.entries(part).map(async ([k, v]) => [k, await decrypt(codec, v)] as const);
  // Messages of protobuf and numbers of 64 bits are instances of classes.
  const copy = Object.create(Object.getPrototypeOf(part) as object) as Record<string, unknown>;
  Object.assign(copy, Object.fromEntries(await Promise.all(entries)));
  return withMessage(copy);
}

function withMessage(part: Record<string, unknown>): Record<string, unknown> {
  const { encodedAttributes } = part;
  if (encodedAttributes == null) return part;
  const text = Buffer.from((encodedAttributes as Payload).data ?? new Uint8Array()).toString();
  const { message, stack_trace: stackTrace } = JSON.parse(text) as Record<string, unknown>;
  return Object.assign(part, { message, stackTrace, encodedAttributes: undefined });
}

/** Whether a part of a history is a payload: nothing else has an encoding. */
export const isPayload = (part: object): part is Payload =>
  'metadata' in part && Object.hasOwn(part.metadata ?? {}, 'encoding');
