import type { Payload } from '@temporalio/common';
import { temporalUiUrl } from '../../core/config/addresses.ts';
import { WorkflowPayloads } from '../../core/contracts/workflowPayload.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/**
 * The codec server of the Temporal Web UI, whose pages ask it for the plain text of what workflows were given and gave back,
 * with the cookie of whoever is signed in at the dashboard. Admins only, since Temporal knows no teams. There is no
 * `encode`: nobody writes to workflows from those pages.
 */
export const decodePayloads = defineRoute({
  method: 'post',
  path: '/api/v1/codec/decode',
  summary: 'Decrypt payloads of workflows for the Temporal Web UI',
  tag: 'System',
  access: { scope: 'workflows:decode' },
  openTo: temporalUiUrl,
  keepsNoReply: true,
  body: WorkflowPayloads,
  replies: { 200: WorkflowPayloads },
  errors: ['payload_unreadable'],
  handle: async ({ body, db, now, payloads, principal }) => {
    const decoded = await payloads.codec.decode(body.payloads.map(fromJson));
    if (payloads.isNewReading(principal, now())) {
      await db.transaction().execute((tx) =>
        appendAudit(tx, {
          ...actorOf(principal),
          operation: 'workflow.read',
          subject: null,
          detail: {},
        }),
      );
    }
    return { status: 200 as const, body: { payloads: decoded.map(toJson) } };
  },
});

type PayloadJson = WorkflowPayloads['payloads'][number];

const fromJson = ({ metadata = {}, data }: PayloadJson): Payload => ({
  metadata: mapValues(metadata, (text) => Buffer.from(text, 'base64')),
  ...(data !== undefined && { data: Buffer.from(data, 'base64') }),
});

const toJson = ({ metadata, data }: Payload): PayloadJson => ({
  metadata: mapValues(metadata ?? {}, base64),
  ...(data != null && { data: base64(data) }),
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
