import { createWriteStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { Command, InvalidArgumentError } from 'commander';
import type { DetectionOptions } from '../../core/detection/series.ts';
import { createOutput } from './detect/createOutput.ts';
import { type DetectWorkerOptions, judgeLinesInOrder } from './detect/judgeLinesInOrder.ts';
import { readLineBatches } from './detect/readLineBatches.ts';

interface DetectOptions {
  input: string;
  forecasts?: string;
  jobs: number;
  minDailyImpact: number;
  minTotalImpact: number;
  sensitivity: number;
}

/**
 * `costguard detect`: judges every day of the series in a file of JSON lines, walk-forward, and writes what it finds as
 * JSON lines. Exit code 1 when a line was malformed (named on stderr, the others are judged), 2 for wrong usage and where
 * the output cannot be written.
 *
 * @param worker how worker threads are started; for tests, which run from sources
 */
export function detectCommand(worker: DetectWorkerOptions = {}): Command {
  return new Command('detect')
    .description('Find anomalies in daily cost series, judged day by day with what was known then')
    .requiredOption('--input <file>', 'JSON lines: {"id","from"?,"to"?,"series":[{"date","cost"}]}')
    .option('--forecasts <file>', 'also write each day’s forecast with its 95% interval here')
    .option('--jobs <n>', 'worker threads', parseJobs, 1)
    .option('--min-daily-impact <amount>', 'ignore less than that a day', parseAmount, 2.5)
    .option('--min-total-impact <amount>', 'ignore less than that in total', parseAmount, 10)
    .option('--sensitivity <factor>', 'above 1 finds more, below 1 less', parseFactor, 1)
    .addHelpText('after', FORMATS)
    .action(async (options: DetectOptions, command: Command) => {
      const file = await openInput(options, command);
      try {
        await judgeFile(file.createReadStream({ autoClose: false }), options, command, worker);
      } finally {
        await file.close();
      }
    });
}

const FORMATS = `
Input, one series a line:
  {"id","from"?,"to"?,"series":[{"date","cost","seen_on"?},…],"revisions"?:[{"date","seen_on","cost"},…],"currency"?}
Output, in the same order:
  {"id","detections":[{"date","kind","score","expected","lower","upper","impact"},…]}
Forecasts: {"id","days":[{"date","expected","lo","hi"},…]}`;

async function openInput(options: DetectOptions, command: Command): Promise<FileHandle> {
  const { input, forecasts } = options;
  const file = await open(input).catch((error: unknown) => refuse(command, 'input', input, error));
  const own = await file.stat();
  if (own.isDirectory()) refuse(command, 'input', input, { code: 'EISDIR' });
  const other = forecasts === undefined ? undefined : await stat(forecasts).catch(() => undefined);
  if (other?.isFile() === true && other.ino === own.ino && other.dev === own.dev) {
    command.error('error: --forecasts would overwrite the input', { exitCode: 2 });
  }
  return file;
}

async function judgeFile(
  input: AsyncIterable<Buffer>,
  options: DetectOptions,
  command: Command,
  worker: DetectWorkerOptions,
): Promise<void> {
  const { minDailyImpact, minTotalImpact, sensitivity, forecasts } = options;
  const detection: DetectionOptions = { minDailyImpact, minTotalImpact, sensitivity };
  const forecastFile =
    forecasts === undefined ? undefined : createOutput(await openForWriting(forecasts, command));
  const answers = createOutput(process.stdout);
  const task = { options: detection, withForecasts: forecastFile !== undefined };
  try {
    const judged = judgeLinesInOrder(readLineBatches(input), task, options.jobs, worker);
    for await (const { output, forecastOutput, errors } of judged) {
      for (const error of errors) process.stderr.write(`detect: ${error}\n`);
      if (errors.length > 0) process.exitCode = 1;
      await answers.write(output);
      await forecastFile?.write(forecastOutput);
    }
    await forecastFile?.end();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    // Whoever reads the answers has seen enough, as `head` has.
    if (code !== 'EPIPE') command.error(`error: cannot write the output (${code})`);
  } finally {
    answers.release();
  }
}

async function openForWriting(path: string, command: Command): Promise<Writable> {
  const file = await open(path, 'w').catch((error: unknown) =>
    refuse(command, 'forecasts', path, error),
  );
  return createWriteStream(path, { fd: file });
}

function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : undefined;
}

function refuse(command: Command, option: string, path: string, error: unknown): never {
  const reason = codeOf(error) ?? 'unknown error';
  return command.error(`error: --${option}: cannot open ${path} (${reason})`, { exitCode: 2 });
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64) {
    throw new InvalidArgumentError('A whole number from 1 to 64.');
  }
  return jobs;
}

function parseAmount(text: string): number {
  const amount = text.trim() === '' ? NaN : Number(text);
  if (!(amount >= 0 && amount < Infinity)) throw new InvalidArgumentError('An amount, 0 or more.');
  return amount;
}

function parseFactor(text: string): number {
  const factor = Number(text);
  if (!(factor >= 0.1 && factor <= 10)) throw new InvalidArgumentError('A factor from 0.1 to 10.');
  return factor;
}
