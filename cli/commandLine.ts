import { Command, CommanderError } from 'commander';
import { EnvError } from '../core/config/env.ts';
import { CostGuardError } from '../core/errors.ts';
import { isDatabaseAway } from '../db/isDatabaseAway.ts';
import { auditCommand } from './commands/audit.ts';
import { backupCommand } from './commands/backup.ts';
import { detectCommand } from './commands/detect.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { restoreCommand } from './commands/restore.ts';
import { rewrapCommand } from './commands/rewrap.ts';
import { seedCommand } from './commands/seed.ts';
import { tokenCommand } from './commands/token.ts';
import { userCommand } from './commands/user.ts';

/** 0: done, 1: some input was refused, 2: wrong usage, 3: a part could not be reached. */
const EXIT = { refused: 1, usage: 2, unreachable: 3 } as const;

const UNREACHABLE = new Set([
  'database_unavailable',
  'workflow_unavailable',
  'api_unavailable',
  'backup_storage_unavailable',
]);

/** Runs one command, given without the program's name, and sets the process's exit code when it fails. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has said it already.
    if (!(error instanceof CommanderError)) process.stderr.write(`costguard: ${describe(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

function createProgram(): Command {
  const program = new Command('costguard')
    .description(
      'CostGuard AI on the command line. "npm start" runs the product; these commands work beside it.',
    )
    .version('0.1.0')
    .exitOverride();
  for (const create of [
    detectCommand,
    importCommand,
    exportCommand,
    seedCommand,
    tokenCommand,
    keysCommand,
    userCommand,
    migrateCommand,
    initCommand,
    auditCommand,
    rewrapCommand,
    backupCommand,
    restoreCommand,
    doctorCommand,
  ]) {
    // Subcommands made elsewhere do not inherit exitOverride: without it they would exit 1 for wrong usage.
    const command = create().exitOverride();
    for (const child of command.commands) child.exitOverride();
    program.addCommand(command);
  }
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof EnvError) return EXIT.usage;
  return isUnreachable(error) ? EXIT.unreachable : EXIT.refused;
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  return error instanceof CostGuardError ? UNREACHABLE.has(error.code) : isDatabaseAway(error);
}

function describe(error: unknown): string {
  // Node wraps the failures of several addresses of one name.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describe).join('; ');
  if (error instanceof CostGuardError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
