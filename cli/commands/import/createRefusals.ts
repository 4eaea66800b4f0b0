import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Where refused rows are told. */
export interface Refusals {
  count: () => number;
  add: (line: number, reason: string) => void;
  /** Waits until the report has taken what was told. */
  flush: () => Promise<void>;
  close: () => Promise<void>;
}

const SHOWN_MAX = 20;

/**
 * Tells the first refused rows on stderr, and all of them as JSON lines in the report where one is asked for.
 *
 * @throws the file system's error where the report cannot be written
 */
export async function createRefusals(
  unit: 'line' | 'row',
  reportPath: string | undefined,
): Promise<Refusals> {
  const report = reportPath === undefined ? undefined : await openReport(reportPath);
  let count = 0;
  return {
    count: () => count,
    add: (line, reason) => {
      count += 1;
      if (count <= SHOWN_MAX) process.stderr.write(`import: ${unit} ${line}: ${reason}\n`);
      if (count === SHOWN_MAX + 1) {
        const rest = report === undefined ? '--report FILE has all of them' : 'see the report';
        process.stderr.write(`import: more rows are refused; ${rest}\n`);
      }
      report?.write(`${JSON.stringify({ [unit]: line, reason })}\n`);
    },
    flush: async () => {
      if (report?.writableNeedDrain === true) await once(report, 'drain');
    },
    close: async () => {
      if (report === undefined) return;
      report.end();
      await once(report, 'close');
    },
  };
}

async function openReport(path: string): Promise<WriteStream> {
  return createWriteStream(path, { fd: await open(path, 'w') });
}
