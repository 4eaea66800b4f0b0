import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { createPayloadCodec } from '../../db/payloads/payloadCodec.ts';

// What encrypting the payloads of workflows costs: bytes and time, beside converting the same values without it.
const RUNS = 9;
const PAYLOADS = 2_000;
const key = { id: '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11', key: randomBytes(32) };
const codec = createPayloadCodec({ current: key, all: [key] });
const { Payload: PayloadProto } = proto.temporal.api.common.v1;

const values: Record<string, unknown> = {
  'an id, as most inputs are': { actionId: key.id },
  '1 kB, as a plan’s step is': { text: 'x'.repeat(1_000) },
  '64 kB': { text: 'x'.repeat(64_000) },
};

process.stdout.write(`${PAYLOADS} payloads of each size, median of ${RUNS} runs\n`);
for (const [name, value] of Object.entries(values)) {
  const convert = () =>
    Array.from({ length: PAYLOADS }, () => defaultPayloadConverter.toPayload<unknown>(value));
  const plain = convert();
  const sealed = await codec.encode(plain);
  const bare = await medianMs(() => convert().map((p) => defaultPayloadConverter.fromPayload(p)));
  const encrypted = await medianMs(async () => {
    const read = await codec.decode(await codec.encode(convert()));
    return read.map((p) => defaultPayloadConverter.fromPayload(p));
  });
  const growth = sizeOf(sealed) - sizeOf(plain);
  process.stdout.write(
    `${name}: ${growth} bytes more (${(sizeOf(sealed) / sizeOf(plain)).toFixed(2)} times), ` +
      `${perPayload(bare)} to write and read, encrypted ${perPayload(encrypted)} (${(encrypted / bare).toFixed(1)} times)\n`,
  );
}

async function medianMs(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? NaN;
}

function sizeOf([payload]: readonly Payload[]): number {
  return PayloadProto.encode(payload ?? {}).finish().length;
}

function perPayload(ms: number): string {
  return `${((ms / PAYLOADS) * 1_000).toFixed(1)} µs`;
}
