import { join } from 'node:path';
import { z } from 'zod';
import { partEnvironment, type PartNeeds } from './partEnvironment.ts';
import type { PartFrame } from './partSpecs.ts';
import { projectRoot } from './projectRoot.ts';
import { runCommand } from './runCommand.ts';

/** Client credentials of a part's service account, and what else that part alone may have. */
export const ClientCredentials = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  /** COSTGUARD_PAYLOAD_KEYS of a worker. */
  payloadKeys: z.string().optional(),
});

/** See the schema of the same name. */
export type ClientCredentials = z.infer<typeof ClientCredentials>;

/** What `costguard init` made: secrets, for the parts and for the first admin's eyes only. */
export const InitResult = z.object({
  adminPassword: z.string().optional(),
  serviceAccounts: z.record(z.string(), ClientCredentials),
});

/** See the schema of the same name. */
export type InitResult = z.infer<typeof InitResult>;

type Frame = Pick<PartFrame, 'source' | 'settings'>;

/** Migrates the database and makes what a start needs: keys, the first admin, service accounts. */
export async function initialise(frame: Frame, signal: AbortSignal): Promise<InitResult> {
  const output = await runCostguard(frame, ['init'], signal, { migration: true });
  const last = output.trim().split('\n').at(-1) ?? '';
  try {
    return InitResult.parse(JSON.parse(last));
  } catch {
    // The reason would quote the line, which holds secrets.
    throw new Error('costguard init did not print the line of JSON that the launcher needs');
  }
}

/** Fills an empty database with the demo. */
export async function seedDemo(frame: Frame, signal: AbortSignal): Promise<void> {
  await runCostguard(frame, ['seed', '--if-empty'], signal);
}

function runCostguard(
  frame: Frame,
  args: readonly string[],
  signal: AbortSignal,
  more: PartNeeds = {},
): Promise<string> {
  const needs = { database: true, vault: true, aws: true, adminPassword: true, ...more };
  return runCommand({
    command: process.execPath,
    args: [join(projectRoot, 'dist', 'cli', 'costguard.js'), ...args],
    cwd: projectRoot,
    env: partEnvironment(frame.source, frame.settings, needs),
    timeoutMs: 120_000,
    signal,
  });
}
