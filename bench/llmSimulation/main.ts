import { EVENTS, runEvent, runOrdinaryDays } from './simulatedEvents.ts';

// How soon the judge finds what goes wrong in made-up use, over many seeds, and how many false alarms it raises in ordinary
// days. Ten minutes of the judge's data are fifteen of the spend: providers tell their use five minutes late.
const SEEDS = Number(process.argv[2] ?? 30);
const DAYS = Number(process.argv[3] ?? 14);
const FIRST_SEED = Number(process.argv[4] ?? 1);
const LIMIT_MINUTES = 10;

const line = (text: string) => process.stdout.write(`${text}\n`);
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index);

for (const event of EVENTS) {
  const outcomes = seeds.map((seed) => ({ seed, ...runEvent(event, seed) }));
  const late = outcomes.map(({ lateMinutes }) => lateMinutes ?? Infinity).sort((a, b) => a - b);
  const wrong = outcomes.reduce((sum, one) => sum + one.wrong.length, 0);
  const max = late.at(-1) ?? Infinity;
  line(
    `${event.name}: ${late.filter(Number.isFinite).length} of ${SEEDS} found, median ${late[Math.floor(SEEDS / 2)]} minutes, ` +
      `longest ${max}, ratio to the limit ${(max / LIMIT_MINUTES).toFixed(2)}, ${wrong} other findings, ` +
      `limit ${LIMIT_MINUTES} minutes: ${max <= LIMIT_MINUTES ? 'met' : 'NOT met'}`,
  );
  for (const { seed, apiKeyId, from, lateMinutes, wrong: others } of outcomes) {
    if ((lateMinutes ?? Infinity) > LIMIT_MINUTES)
      line(
        `  seed ${seed}, ${apiKeyId} from ${new Date(from).toISOString()}: ${lateMinutes ?? 'not found'}`,
      );
    for (const { at, finding } of others)
      line(
        `  seed ${seed}, also at ${new Date(at).toISOString()} ${finding.kind}: ${finding.says}`,
      );
  }
}

let alarms = 0;
for (const seed of seeds)
  for (const { at, finding } of runOrdinaryDays(DAYS, seed)) {
    alarms += 1;
    line(`  seed ${seed}, false at ${new Date(at).toISOString()} ${finding.kind}: ${finding.says}`);
  }
line(`${alarms} false alarms in ${SEEDS * DAYS} ordinary days of 8 keys`);
