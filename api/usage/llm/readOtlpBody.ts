import type { Request } from 'express';
import type { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import {
  ProtobufError,
  type ProtobufMessage,
  readProtobuf,
} from '../../../core/llm/push/otlp/readProtobuf.ts';

/** Says whether a request speaks protobuf rather than JSON; the reply does as it does. */
export function isProtobuf(req: Request): boolean {
  return req.is('application/x-protobuf') !== false && req.is('application/x-protobuf') !== null;
}

/**
 * The export that a request carries, whichever way it is written.
 *
 * @throws CostGuardError `invalid_request`, without a word of what was sent
 */
export function readOtlpBody<T extends z.ZodType>(
  req: Request,
  schema: T,
  message: ProtobufMessage,
): z.output<T> {
  const bytes: unknown = req.body;
  const read = Buffer.isBuffer(bytes) ? decode(req, bytes, message) : {};
  const parsed = schema.safeParse(read);
  if (!parsed.success) throw malformed();
  return parsed.data;
}

function decode(req: Request, bytes: Buffer, message: ProtobufMessage): unknown {
  try {
    return isProtobuf(req) ? readProtobuf(bytes, message) : JSON.parse(bytes.toString());
  } catch (error) {
    // The error of JSON.parse quotes what it could not read, which may be a prompt: it goes nowhere.
    if (error instanceof ProtobufError || error instanceof SyntaxError) throw malformed();
    throw error;
  }
}

function malformed(): CostGuardError {
  return new CostGuardError('invalid_request', 'Send an OTLP export in protobuf or in JSON.', {
    errors: [{ pointer: '', detail: 'is not an OTLP export' }],
  });
}
