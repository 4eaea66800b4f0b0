import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { toAuditLines } from '../../../core/audit/toAuditLine.ts';
import { AuditFilter } from '../../../core/contracts/audit.ts';
import type { Database } from '../../../db/connect.ts';
import { readAudit } from '../../../db/queries/audit/readAudit.ts';
import { readAuditHead } from '../../../db/queries/audit/readAuditHead.ts';
import { type Instance, withInstance } from '../../instance.ts';
import { writeOutput } from '../writeOutput.ts';

interface ExportOptions extends AuditFilter {
  output: string;
}

/** `costguard audit export`: the log as JSON lines, oldest first, to a file or to stdout (`-`); says the head on stderr. */
export function auditExportCommand(): Command {
  return new Command('export')
    .description('Write the audit log as JSON lines, oldest first')
    .requiredOption('-o, --output <file>', 'where to, "-" for stdout')
    .option('--actor <id or name>', 'only what they did')
    .option('--operation <operation>', 'only action.approve, or action for all of its kind')
    .option('--subject <subject>', 'only what was done to connection:ID, or to any connection')
    .option('--from <instant>', 'first instant, such as 2026-11-01T00:00:00Z', parseInstant)
    .option('--to <instant>', 'the instant after the last one', parseInstant)
    .addHelpText('after', '\nWithout a filter "costguard audit verify" can check it whole.')
    .action(run);
}

async function run({ output, ...filter }: ExportOptions, command: Command): Promise<void> {
  const parsed = AuditFilter.safeParse(filter);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    command.error(`error: --${issue?.path.join('.')}: ${issue?.message}`, { exitCode: 2 });
    return;
  }
  await writeOutput(command, { output, mode: 0o600 }, (target) =>
    withInstance((instance) => write(instance, parsed.data, target)),
  );
}

async function write(
  { db }: Instance,
  filter: AuditFilter,
  target: NodeJS.WritableStream,
): Promise<void> {
  const { seq, hash } = await readAuditHead(db);
  await pipeline(Readable.from(lines(db, filter)), target, { end: target !== process.stdout });
  process.stderr.write(`The log's head before this export: entry ${seq}, ${hash}\n`);
}

async function* lines(db: Database, filter: AuditFilter): AsyncGenerator<string> {
  for await (const page of readAudit(db, filter)) yield toAuditLines(page);
}

function parseInstant(text: string): string {
  const instant = AuditFilter.safeParse({ from: text });
  if (!instant.success) throw new InvalidArgumentError('A UTC instant: 2026-11-01T00:00:00Z.');
  return text;
}
