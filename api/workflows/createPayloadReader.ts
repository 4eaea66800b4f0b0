import type { PayloadCodec } from '@temporalio/common';
import type { Principal } from '../identity/principal.ts';

/** Opens payloads of workflows, and knows whether that is worth an entry in the audit log. */
export interface PayloadReader {
  codec: PayloadCodec;
  /** Whether a person begins to read: a page of the Web UI asks for dozens of payloads, one by one. */
  isNewReading: (reader: Principal, now: Date) => boolean;
}

const ONE_READING_MS = 15 * 60_000;

/** Makes the reader; each replica of the API has its own, and notes for itself. */
export function createPayloadReader(codec: PayloadCodec): PayloadReader {
  const notedAt = new Map<string, number>();
  return {
    codec,
    isNewReading: ({ id, session }, now) => {
      const reading = session?.id ?? id;
      const atMs = now.getTime();
      if (atMs - (notedAt.get(reading) ?? -Infinity) < ONE_READING_MS) return false;
      for (const [other, at] of notedAt) if (atMs - at >= ONE_READING_MS) notedAt.delete(other);
      notedAt.set(reading, atMs);
      return true;
    },
  };
}
