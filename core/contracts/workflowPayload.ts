import { z } from 'zod';

const PAYLOADS_MAX = 1_000;

// As a pattern: of `contentEncoding` readers of the document make what they like.
const Base64 = z
  .string()
  .regex(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be bytes in base64');

/** Temporal's `Payload` in its JSON form: bytes in base64. */
const WorkflowPayload = z
  .strictObject({
    metadata: z.record(z.string(), Base64).optional(),
    data: Base64.optional(),
  })
  .meta({ id: 'WorkflowPayload' });

/** What the Temporal Web UI sends to a codec server, and is answered. */
export const WorkflowPayloads = z
  .strictObject({ payloads: z.array(WorkflowPayload).max(PAYLOADS_MAX) })
  .meta({ id: 'WorkflowPayloads' });

/** See the schema of the same name. */
export type WorkflowPayloads = z.infer<typeof WorkflowPayloads>;
