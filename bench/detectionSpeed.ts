import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { preparePython } from './preparePython.ts';

// How many series of 400 days are judged for their newest day in a second, beside what statsmodels' STL decomposes on the
// same machine in the same run. The series lie in memory as rows; making them is not timed, reading their dates is.
const SERIES = Number(process.argv[2] ?? 100_000);
const THREADS = Math.min(2, availableParallelism());
const LIMIT_SECONDS = 60;
const LIMIT_RATIO = 20;

// Other work on the machine slows both down, not always at the same time: they take turns, and the best round of each counts.
const ROUNDS = 4;

const line = (text: string) => process.stdout.write(`${text}\n`);
const python = preparePython(join(process.cwd(), '.cache', 'bench'), ['statsmodels==0.15.0']);
const threads = await startThreads();
const seconds: number[] = [];
const peers: Record<string, number>[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  seconds.push(await judgeShare());
  peers.push(decompose());
}
await Promise.all(threads.map((worker) => worker.terminate()));

const total = seconds.reduce((sum, value) => sum + value, 0);
const perSecond = SERIES / ROUNDS / Math.min(...seconds);
line(
  `${SERIES} series x 400 days, newest day, ${THREADS} threads: ${total.toFixed(1)} s, limit ${LIMIT_SECONDS} s: ${verdict(total <= (LIMIT_SECONDS * SERIES) / 100_000)}; best round ${perSecond.toFixed(0)} series/s`,
);
const rates = Object.keys(peers[0] ?? {}).map((name) => {
  const rate = Math.max(...peers.map((peer) => peer[name] ?? 0));
  line(
    `statsmodels ${name}, ${THREADS} processes: best round ${rate.toFixed(0)} series/s; ratio ${(perSecond / rate).toFixed(1)}`,
  );
  return rate;
});
line(
  `limit ${LIMIT_RATIO} x the robust STL, the one that anomalies do not bend: ${verdict(perSecond >= LIMIT_RATIO * Math.min(...rates))}`,
);

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'NOT met';
}

async function startThreads(): Promise<Worker[]> {
  const workers = Array.from(
    { length: THREADS },
    (_, i) =>
      new Worker(new URL('./detectionSpeedWorker.js', import.meta.url), {
        workerData: { seed: i + 1, count: Math.ceil(SERIES / THREADS / ROUNDS) },
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return workers;
}

async function judgeShare(): Promise<number> {
  const started = performance.now();
  const done = threads.map((worker) => once(worker, 'message'));
  for (const worker of threads) worker.postMessage('go');
  await Promise.all(done);
  return (performance.now() - started) / 1000;
}

function run(file: string, ...args: string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Series a second by kind of decomposition. */
function decompose(): Record<string, number> {
  const script = join(process.cwd(), 'bench', 'detectionSpeedStl.py');
  return JSON.parse(run(python, script)) as Record<string, number>;
}
