const HOUR_MS = 3_600_000;
// "1s", "6m0s", "20ms": how OpenAI writes the time until a limit is reset.
const DURATION = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const RESETS = [
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-tokens-reset',
];

/**
 * Milliseconds until a request makes sense again, as an answer's headers tell it: `retry-after-ms` or `retry-after`, else
 * the latest of the limits' resets. At most a day; undefined where no header tells a time to come.
 *
 * @see https://platform.openai.com/docs/guides/rate-limits
 * @see https://docs.anthropic.com/en/api/rate-limits (response headers)
 */
export function findRetryAfterMs(headers: Headers, now: Date): number | undefined {
  const read = (name: string, parse: (text: string) => number): number[] => {
    const text = headers.get(name);
    return text === null ? [] : [parse(text.trim())];
  };
  const named = [
    ...read('retry-after-ms', Number),
    ...read('retry-after', (text) => {
      const seconds = Number(text);
      return Number.isNaN(seconds) ? Date.parse(text) - now.getTime() : seconds * 1000;
    }),
  ].filter(isWait);
  const resets = RESETS.flatMap((name) => read(name, (text) => toWait(text, now))).filter(isWait);
  const wait = Math.max(...(named.length > 0 ? named : resets));
  return Number.isFinite(wait) ? Math.min(Math.ceil(wait), 24 * HOUR_MS) : undefined;
}

const isWait = (ms: number): boolean => Number.isFinite(ms) && ms > 0;

function toWait(text: string, now: Date): number {
  const match = DURATION.exec(text);
  if (!match) return Date.parse(text) - now.getTime();
  const [hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match
    .slice(1)
    .map((part) => Number((part as string | undefined) ?? 0));
  return hours * HOUR_MS + minutes * 60_000 + seconds * 1000 + milliseconds;
}
