import { expect, test } from 'vitest';
import { ToolError } from '../../core/mcp/toolError.ts';
import { createThrottleGate, SHORT_WAIT_MS } from './throttleGate.ts';

const signal = new AbortController().signal;

function closedFor(retryAfterMs: number) {
  const clock = { ms: 1_000 };
  const gate = createThrottleGate(() => clock.ms);
  gate.close(retryAfterMs);
  return { gate, clock };
}

test('an open gate lets pass', async () => {
  await createThrottleGate(() => 0).pass(signal);
});

test('a long wait is refused at once with what is left of it', async () => {
  const { gate, clock } = closedFor(60_000);
  clock.ms += 20_000;
  const error = await gate.pass(signal).catch((thrown: unknown) => thrown);
  expect(error instanceof ToolError && error.meta).toEqual({
    code: 'THROTTLED',
    retryable: true,
    retryAfterMs: 40_000,
  });
});

test('the longest wait counts, and ends', async () => {
  const { gate, clock } = closedFor(60_000);
  gate.close(1_000);
  await expect(gate.pass(signal)).rejects.toThrow(/60 s/);
  clock.ms += 60_000;
  await gate.pass(signal);
});

test('a short wait ends with the call that waits', async () => {
  const { gate } = closedFor(SHORT_WAIT_MS);
  const controller = new AbortController();
  const waiting = gate.pass(controller.signal);
  controller.abort();
  await expect(waiting).rejects.toThrow();
});
