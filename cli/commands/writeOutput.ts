import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Command } from 'commander';

/** Where the output of a command goes. */
export interface OutputOptions {
  /** A file's path, `-` for stdout. */
  output: string;
  /** Permissions of a new file. */
  mode?: number;
}

/**
 * Has `write` fill a file or stdout. A file stands beside its place until it is complete, so that a cut export is not
 * taken for a whole one. Ends the command with 2 where the file cannot be made.
 */
export async function writeOutput(
  command: Command,
  { output, mode }: OutputOptions,
  write: (target: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  if (output === '-') {
    await write(process.stdout);
    return;
  }
  const partial = `${output}.partial`;
  const file = await open(partial, 'w', mode).catch((error: unknown) =>
    command.error(`error: cannot write ${partial} (${codeOf(error)})`, { exitCode: 2 }),
  );
  try {
    await write(createWriteStream(partial, { fd: file }));
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close().catch(() => undefined);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
