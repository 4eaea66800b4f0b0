import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Day, Provider } from '../../core/contracts/scalars.ts';
import { CostGuardError } from '../../core/errors.ts';
import {
  type FocusFormat,
  streamFocusExport,
} from '../../db/queries/costs/export/streamFocusExport.ts';
import { type Instance, withInstance } from '../instance.ts';
import { writeOutput } from './writeOutput.ts';

interface ExportOptions {
  connection?: string;
  provider?: Provider;
  from: string;
  to: string;
  format: FocusFormat;
  gzip: boolean;
  output: string;
}

/** `costguard export`: writes charges as a FOCUS 1.2 file, CSV or Parquet, to a file or to stdout (`-`). */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write charges as a FOCUS 1.2 file (CSV, Parquet)')
    .requiredOption('-o, --output <file>', 'where to, "-" for stdout')
    .option('--connection <name>', 'only this connection')
    .addOption(new Option('--provider <provider>', 'only this provider').choices(Provider.options))
    .option('--from <day>', 'first UTC day', parseDay, '1990-01-01')
    .option('--to <day>', 'the first day after the last one', parseDay, '2101-01-01')
    .addOption(
      new Option('--format <format>', 'file format').choices(['csv', 'parquet']).default('csv'),
    )
    .option('--gzip', 'compress CSV', false)
    .addHelpText('after', '\nWhat stands in the columns: docs/focus.md')
    .action(run);
}

async function run(options: ExportOptions, command: Command): Promise<void> {
  if (options.from >= options.to) {
    command.error('error: --to must be after --from', { exitCode: 2 });
  }
  if (options.gzip && options.format === 'parquet') {
    command.error('error: --gzip is for CSV; Parquet is compressed already', { exitCode: 2 });
  }
  await writeOutput(command, options, (target) =>
    withInstance((instance) => write(instance, options, target)),
  );
}

async function write(
  { pool, db }: Instance,
  { connection, provider, from, to, format, gzip }: ExportOptions,
  target: NodeJS.WritableStream,
): Promise<void> {
  const found =
    connection === undefined
      ? undefined
      : await db
          .selectFrom('connections')
          .select('id')
          .where('name', '=', connection)
          .executeTakeFirst();
  if (connection !== undefined && found === undefined) {
    throw new CostGuardError(
      'connection_not_found',
      `There is no connection ${connection}; the dashboard lists them.`,
    );
  }
  const filter = { from, to, provider, connectionId: found?.id };
  const stream = await streamFocusExport(pool, filter, format);
  await pipeline(stream, gzip ? createGzip() : new PassThrough(), target, {
    end: target !== process.stdout,
  });
}

function parseDay(text: string): string {
  const day = Day.safeParse(text);
  if (!day.success) throw new InvalidArgumentError('A UTC day such as 2026-11-01.');
  return day.data;
}
