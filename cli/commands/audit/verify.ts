import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Command, InvalidArgumentError } from 'commander';
import {
  createAuditVerifier,
  type VerifierOptions,
} from '../../../core/audit/createAuditVerifier.ts';

interface VerifyOptions {
  head: string[];
  after?: string;
  filtered: boolean;
}

const SHOWN_MAX = 100;
// The largest entry is far smaller: bodies of requests end at 1 MB.
const LINE_CHARS_MAX = 16_000_000;

/** `costguard audit verify`: checks an export without a database; exit code 0 where it is intact, 1 where it is not. */
export function auditVerifyCommand(): Command {
  return new Command('verify')
    .description('Check an exported audit log; needs no database')
    .argument('<file>', 'what "costguard audit export" or the dashboard saved, "-" for stdin')
    .option(
      '--head <hash>',
      'a head noted earlier, which must be in the log; may be given again',
      addHash,
      [],
    )
    .option(
      '--after <hash>',
      'the log is a part: hash of the entry before its first one',
      parseHash,
    )
    .option('--filtered', 'the export was filtered: check each entry by itself', false)
    .addHelpText(
      'after',
      `
Approvals of actions are checked as well: the hash that each states is that of the plan logged before it.

Exit codes: 0 intact, 1 not intact (each finding is one line), 2 wrong usage or a file that cannot be read.
Without --head an end that was cut off does not show, nor does a log written anew from some entry on.`,
    )
    .action(run);
}

async function run(file: string, options: VerifyOptions, command: Command): Promise<void> {
  const { after, filtered, head: heads } = options;
  const verifier = createAuditVerifier({
    after,
    heads,
    isFiltered: filtered,
  } satisfies VerifierOptions);
  const source = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of readLines(source)) verifier.line(line);
  } catch (error) {
    command.error(`error: cannot read ${file} (${reasonOf(error)})`, { exitCode: 2 });
  }
  const { entries, findings, head } = verifier.end();
  for (const { kind, text } of findings.slice(0, SHOWN_MAX))
    process.stdout.write(`${kind}: ${text}\n`);
  if (findings.length > SHOWN_MAX)
    process.stdout.write(`… and ${findings.length - SHOWN_MAX} more\n`);
  if (findings.length > 0) {
    process.exitCode = 1;
    process.stdout.write(`NOT INTACT: ${entries} entries, ${findings.length} findings\n`);
    return;
  }
  // Every installation's log has entries from its first start on; a part of it, or what a filter left, may have none.
  if (entries === 0 && !filtered && options.after === undefined) {
    process.exitCode = 1;
    process.stdout.write('NOT INTACT: no entries, which no log is without\n');
    return;
  }
  process.stdout.write(`intact: ${entries} entries, head ${head}\n`);
  if (heads.length === 0 && !filtered)
    process.stdout.write('The end was not checked: give a head that was noted earlier (--head).\n');
}

/** By the byte: every line ends with a line feed, and a carriage return before it is part of the line. */
async function* readLines(source: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARS_MAX) throw new Error('a line is too long for an audit log');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

function parseHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('64 hexadecimal digits.');
  return text;
}

const addHash = (text: string, before: string[]): string[] => [...before, parseHash(text)];

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error ? String(error.code) : error.message;
}
