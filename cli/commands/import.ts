import { stat } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Day, Provider } from '../../core/contracts/scalars.ts';
import { readHeader } from '../../core/focus/readHeader.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { ensureImportConnection } from '../../db/queries/connections/ensureImportConnection.ts';
import { importCosts } from '../../db/queries/costs/importCosts.ts';
import { readStagedTotals } from '../../db/queries/costs/readStagedTotals.ts';
import { onClient } from '../../db/onClient.ts';
import { type Instance, withInstance } from '../instance.ts';
import { createImport, type FocusImport } from './import/createImport.ts';
import { createRefusals, type Refusals } from './import/createRefusals.ts';
import type { FocusSource } from './import/focusSource.ts';
import { openFocusFile } from './import/openFocusFile.ts';
import { type ImportChoices, readBatches } from './import/readBatches.ts';
import { readInThread } from './import/readInThread.ts';

// A smaller file is read before a thread would have begun.
const THREAD_BYTES_MIN = 16_000_000;

interface ImportOptions {
  connection?: string;
  provider?: Provider;
  from?: string;
  to?: string;
  strict: boolean;
  report?: string;
}

/**
 * `costguard import FILE`: stores the charges of a FOCUS file. Exit code 0 when all rows are stored, 1 when some input was
 * refused, 2 for wrong usage, 3 when the database cannot be reached.
 */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'Store the charges of a FOCUS 1.0 to 1.2 file (CSV, gzip, Parquet) in place of those of the same billing periods',
    )
    .argument('<file>')
    .option('--connection <name>', 'where they go; made where there is none', parseName)
    .addOption(
      new Option('--provider <provider>', 'default: by ProviderName').choices(Provider.options),
    )
    .option('--from <day>', 'with --to: replace exactly these UTC days', parseDay)
    .option('--to <day>', 'the first day after them', parseDay)
    .option('--strict', 'store nothing where a row is refused', false)
    .option('--report <file>', 'write every refused row here, as JSON lines')
    .addHelpText('after', '\nWhat is checked, and what a file replaces: docs/focus.md')
    .action(run);
}

async function run(path: string, options: ImportOptions, command: Command): Promise<void> {
  const choices = toChoices(options, command);
  const source = await orWrongUsage(command, path, () => openFocusFile(path));
  try {
    tellHeader(source);
    const refusals = await orWrongUsage(command, options.report ?? '', () =>
      createRefusals(source.unit, options.report),
    );
    try {
      const { size } = await stat(path);
      const batches =
        size < THREAD_BYTES_MIN ? readBatches(source, choices) : readInThread(path, choices);
      const work = createImport(batches, choices, refusals);
      await withInstance((instance) => store(instance, path, work, refusals));
    } finally {
      await refusals.close();
    }
    if (refusals.count() > 0) process.exitCode = 1;
  } finally {
    await source.close();
  }
}

async function store(
  { pool }: Instance,
  path: string,
  work: FocusImport,
  refusals: Refusals,
): Promise<void> {
  let summary = '';
  await importCosts(pool, {
    lines: work.lines,
    periods: work.periods,
    seenAt: new Date(),
    connection: async (client) => {
      const connection = await ensureImportConnection(onClient(client), work.target());
      summary = `${connection.name}${connection.isNew ? ' (new, read-only, not polled)' : ''}`;
      return connection;
    },
    finish: async (client, { id }) => {
      const totals = await readStagedTotals(client);
      await appendAudit(onClient(client), {
        actorKind: 'system',
        actorId: null,
        actorName: 'costguard import',
        operation: 'costs.import',
        subject: `connection:${id}`,
        detail: {
          rows: work.accepted(),
          refused: refusals.count(),
          periods: work.periods(),
          totals,
        },
      });
      summary = describe(summary, path, work, totals);
    },
  });
  process.stdout.write(summary);
  if (refusals.count() > 0) process.stderr.write(describeRefused(refusals.count()));
}

function describe(
  connection: string,
  path: string,
  work: FocusImport,
  totals: readonly { currency: string; total: string }[],
): string {
  const periods = work.periods().map(({ from, to }) => `${from} to ${to} (excluded)`);
  return [
    `Stored ${work.accepted()} rows of ${path} in ${connection}.`,
    `They replace all that it had of ${periods.join(', ')}.`,
    ...totals.map(({ currency, total }) => `Billed in these days: ${total} ${currency}`),
    ...(work.leftOut() === 0 ? [] : [`Left out: ${work.leftOut()} rows of other days.`]),
    '',
  ].join('\n');
}

function describeRefused(count: number): string {
  return `import: ${count} rows were refused and are not stored. The days above now lack them, also where an earlier import had stored them: mend the file and import it again, or use --strict to store all or nothing.\n`;
}

function tellHeader(source: FocusSource): void {
  const header = readHeader(source.names);
  const say = (text: string) => process.stderr.write(`import: ${text}\n`);
  say(`FOCUS ${header.version}`);
  if (header.unknown.length > 0) say(`passed over: ${header.unknown.join(', ')}`);
  if (header.lacking.length > 0) {
    say(`FOCUS ${header.version} also has ${header.lacking.join(', ')}: stored as not known`);
  }
  for (const notice of source.notices) say(notice);
}

function toChoices(options: ImportOptions, command: Command): ImportChoices {
  const { connection, provider, from, to, strict } = options;
  if ((from === undefined) !== (to === undefined)) {
    command.error('error: --from and --to go together', { exitCode: 2 });
  }
  if (from !== undefined && to !== undefined && from >= to) {
    command.error('error: --to must be after --from', { exitCode: 2 });
  }
  return {
    strict,
    ...(connection !== undefined && { connection }),
    ...(provider !== undefined && { provider }),
    ...(from !== undefined && to !== undefined && { days: { from, to } }),
  };
}

/** A file that cannot be opened is a slip on the command line; what is wrong inside of it is not. */
async function orWrongUsage<T>(command: Command, path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
    return command.error(`error: cannot open ${path} (${String(error.code)})`, { exitCode: 2 });
  }
}

function parseDay(text: string): string {
  const day = Day.safeParse(text);
  if (!day.success) throw new InvalidArgumentError('A UTC day such as 2026-11-01.');
  return day.data;
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 100) throw new InvalidArgumentError('1 to 100 characters.');
  return name;
}
