/** How many spans or data points were not taken, and why. */
export interface PartialSuccess {
  rejected: number;
  message: string;
}

/** Adds up reasons; undefined where there are none: then all was taken. */
export function toPartialSuccess(reasons: readonly string[]): PartialSuccess | undefined {
  if (reasons.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const message = [...counts].map(([reason, count]) => `${count}: ${reason}`).join('; ');
  return { rejected: reasons.length, message };
}

const BYTES = 2;

/**
 * `ExportTraceServiceResponse` or `ExportMetricsServiceResponse`, which have the same form: field 1 is the partial success,
 * in it 1 the number that was rejected and 2 the message. Empty where all was taken.
 *
 * @see github.com/open-telemetry/opentelemetry-proto, collector/trace/v1/trace_service.proto
 */
export function encodePartialSuccess(partial: PartialSuccess | undefined): Uint8Array {
  if (partial === undefined) return new Uint8Array();
  const text = new TextEncoder().encode(partial.message);
  const inner = [
    1 << 3,
    ...varint(partial.rejected),
    (2 << 3) | BYTES,
    ...varint(text.length),
    ...text,
  ];
  return Uint8Array.from([(1 << 3) | BYTES, ...varint(inner.length), ...inner]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
