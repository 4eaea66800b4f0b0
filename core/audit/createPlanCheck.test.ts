import { expect, test } from 'vitest';
import { PLAN, PLAN_HASH } from '../../tests/api/samples.ts';
import type { AuditRecord } from '../contracts/audit.ts';
import { AUDIT_GENESIS, auditHash } from './auditHash.ts';
import { createAuditVerifier, type VerifierOptions } from './createAuditVerifier.ts';
import { toAuditLine } from './toAuditLine.ts';

type Entry = Pick<AuditRecord, 'operation' | 'detail'> & { subject?: string };

/** A log whose chain is whole, as somebody makes it who rewrites everything. */
function linesOf(entries: readonly Entry[]): string[] {
  let previousHash = AUDIT_GENESIS;
  return entries.map(({ operation, detail, subject = 'action:1' }, i) => {
    const content = {
      seq: i + 1,
      at: '2026-11-20T12:00:00.000Z',
      actorKind: 'user' as const,
      actorId: 'a',
      actorName: 'Ada',
      operation,
      subject,
      detail,
    };
    const hash = auditHash(previousHash, content);
    const line = toAuditLine({ ...content, previousHash, hash });
    previousHash = hash;
    return line;
  });
}

function verify(entries: readonly Entry[], options: VerifierOptions = {}) {
  const verifier = createAuditVerifier(options);
  for (const line of linesOf(entries)) verifier.line(line);
  return verifier.end().findings.map(({ kind, seq, text }) => ({ kind, seq, text }));
}

const OTHER = { ...PLAN, after: { ...PLAN.after, instanceType: 'm5.24xlarge' } };
const planned = (plan: unknown = PLAN, hash = PLAN_HASH): Entry => ({
  operation: 'action.planned',
  detail: { plan, planHash: hash },
});
const approved = (hash = PLAN_HASH, operation = 'action.approved'): Entry => ({
  operation,
  detail: { planHash: hash, approvals: 1, approvalsNeeded: 1 },
});

test('approvals of the plan that was logged are proven', () => {
  expect(verify([planned(), approved(PLAN_HASH, 'action.approval'), approved()])).toEqual([]);
});

test.each([
  ['a plan that was exchanged', [planned(OTHER), approved()], [1, 2]],
  ['an approval of another plan', [planned(), approved('a'.repeat(64))], [2]],
  [
    'a first of two approvals of another plan',
    [planned(), approved('b'.repeat(64), 'action.approval')],
    [2],
  ],
  ['a plan that was logged after', [approved(), planned()], [1]],
  ['the plan of another action', [{ ...planned(), subject: 'action:2' }, approved()], [2]],
  ['a plan that is gone', [planned(null), approved()], [1, 2]],
])('%s is named, though the chain is whole', (_name, entries, seqs) => {
  const found = verify(entries);
  expect(found.map(({ seq }) => seq)).toEqual(seqs);
  expect(found.every(({ kind }) => kind === 'plan_mismatch')).toBe(true);
});

test('the finding says which hashes differ, and where the plan stands', () => {
  expect(verify([planned(), approved('a'.repeat(64))])[0]?.text).toBe(
    `entry 2 (line 2) approves the plan ${'a'.repeat(64)}, but the plan of action:1 that entry 1 logged has the SHA-256 ${PLAN_HASH}`,
  );
});

test('an approval from before plans were logged is let be, as is one whose plan lies outside of the part', () => {
  const old = { operation: 'action.approved', detail: { planHash: PLAN_HASH } };
  expect(verify([old])).toEqual([]);
  expect(verify([approved()], { isFiltered: true })).toEqual([]);
  expect(verify([planned(OTHER), approved()], { isFiltered: true })).toHaveLength(2);
});
