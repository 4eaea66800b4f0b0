import type { PermissionCheck } from '../../../core/contracts/credential.ts';

const WORDS = { ok: 'ok   ', skipped: 'skip ', missing: 'MISSING', failed: 'FAILED' } as const;

/** Prints one line for each check, as `--selfcheck` does; true when nothing is missing and nothing failed. */
export function printChecks(
  checks: readonly PermissionCheck[],
  print: (line: string) => void,
): boolean {
  for (const { permission, status, detail } of checks)
    print(`${WORDS[status]} ${permission}${detail === null ? '' : `: ${detail}`}`);
  return checks.every(({ status }) => status === 'ok' || status === 'skipped');
}
