import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../contracts/audit.ts';
import { AUDIT_GENESIS, auditHash } from './auditHash.ts';
import { createAuditVerifier, type VerifierOptions } from './createAuditVerifier.ts';
import { toAuditLine } from './toAuditLine.ts';

/** A log of entries that say the given things. */
function logOf(details: readonly Record<string, unknown>[]): AuditRecord[] {
  let previousHash = AUDIT_GENESIS;
  return details.map((detail, i) => {
    const content = {
      seq: i + 1,
      at: new Date(Date.UTC(2026, 10, 1) + i * 1000).toISOString(),
      actorKind: 'user' as const,
      actorId: 'a',
      actorName: 'Ada',
      operation: 'test.write',
      subject: null,
      detail,
    };
    const record = { ...content, previousHash, hash: auditHash(previousHash, content) };
    previousHash = record.hash;
    return record;
  });
}

const log = logOf(Array.from({ length: 8 }, (_, n) => ({ n })));
const lines = log.map(toAuditLine);
const head = log.at(-1)?.hash ?? '';

function verify(given: readonly string[], options: VerifierOptions = {}) {
  const verifier = createAuditVerifier(options);
  for (const line of given) verifier.line(line);
  return verifier.end();
}
const named = (given: readonly string[], options: VerifierOptions = {}) =>
  verify(given, options).findings.map(({ kind, seq, lastSeq }) =>
    seq === lastSeq ? [kind, seq] : [kind, seq, lastSeq],
  );
const edited = (seq: number, change: Partial<AuditRecord>) =>
  log.map((record) => toAuditLine(record.seq === seq ? { ...record, ...change } : record));
/** The entry with a hash that fits again. */
const forged = (record: AuditRecord, change: Partial<AuditRecord>): AuditRecord => {
  const made = { ...record, ...change };
  return { ...made, hash: auditHash(made.previousHash, made) };
};
const at = (seq: number) => log[seq - 1]!;

test('a log as it was exported is whole', () => {
  expect(verify(lines, { heads: [head, at(3).hash] })).toEqual({ entries: 8, head, findings: [] });
  expect(verify([])).toEqual({ entries: 0, head: AUDIT_GENESIS, findings: [] });
});

test('a part is whole after the entry that it was cut from', () => {
  expect(named(lines.slice(3), { after: at(3).hash, heads: [head] })).toEqual([]);
  expect(named(lines.slice(3), { after: at(2).hash })).toEqual([['other_log', 4]]);
  expect(named(lines.slice(3))).toEqual([['removed', 1, 3]]);
});

describe('each kind of change is named:', () => {
  test.each([
    ['a changed actor', edited(4, { actorName: 'Eve' }), [['changed', 4]]],
    ['a changed detail', edited(4, { detail: { n: 9 } }), [['changed', 4]]],
    ['a changed hash', edited(4, { hash: 'a'.repeat(64) }), [['changed', 4]]],
    ['a changed predecessor', edited(4, { previousHash: 'a'.repeat(64) }), [['changed', 4]]],
    [
      'a changed entry with a hash that fits',
      log.map((r) => toAuditLine(r.seq === 4 ? forged(r, { actorName: 'Eve' }) : r)),
      [['changed', 4]],
    ],
    ['a removed entry', lines.toSpliced(3, 1), [['removed', 4]]],
    ['removed entries', lines.toSpliced(3, 3), [['removed', 4, 6]]],
    ['a removed beginning', lines.slice(2), [['removed', 1, 2]]],
    ['a cut end', lines.slice(0, 6), [['cut', null]]],
    ['two swapped entries', lines.with(3, lines[4]!).with(4, lines[3]!), [['reordered', 4]]],
    ['an entry twice', lines.toSpliced(4, 0, lines[3]!), [['inserted', 4]]],
    [
      'an entry of one’s own',
      lines.toSpliced(4, 0, toAuditLine(forged(at(4), { detail: { own: true } }))),
      [['inserted', 4]],
    ],
    [
      'an entry of one’s own at the end',
      [...lines, toAuditLine(forged(at(8), { seq: 9, previousHash: 'b'.repeat(64) }))],
      [['changed', 8]],
    ],
    [
      'a line that is no entry',
      lines.with(3, '{}'),
      [
        ['unreadable', null],
        ['removed', 4],
      ],
    ],
    ['an empty line', lines.toSpliced(3, 0, ''), [['unreadable', null]]],
    ['another form of the same', lines.with(3, lines[3]!.replace('{', '{ ')), [['changed', 4]]],
    [
      'a field twice',
      lines.with(3, lines[3]!.replace('{', '{"actorName":"Eve",')),
      [['changed', 4]],
    ],
    [
      'a field that no entry has',
      lines.with(3, lines[3]!.replace('{', '{"aa":1,')),
      [
        ['unreadable', null],
        ['removed', 4],
      ],
    ],
    [
      'everything written anew',
      logOf(Array.from({ length: 8 }, (_, n) => ({ n: n === 3 ? 'x' : n }))).map(toAuditLine),
      [['cut', null]],
    ],
  ])('%s', (_name, given, expected) => {
    expect(named(given, { heads: [head] })).toEqual(expected);
  });
});

test('a filtered export has gaps; its entries are checked all the same', () => {
  const some = [lines[1]!, lines[4]!, lines[6]!];
  expect(named(some, { isFiltered: true })).toEqual([]);
  expect(named([some[0]!, edited(5, { actorId: null })[4]!], { isFiltered: true })).toEqual([
    ['changed', 5],
  ]);
  expect(named([some[1]!, some[0]!], { isFiltered: true })).toEqual([['inserted', 2]]);
});

type Edit = (given: string[], pick: (below: number) => number) => string[];

const EDITS: Record<string, Edit> = {
  'one character': (given, pick) => {
    const [row, line] = [pick(given.length), given];
    const text = line[row]!;
    const where = pick(text.length);
    const other = text[where] === 'q' ? 'z' : 'q';
    return line.with(row, text.slice(0, where) + other + text.slice(where + 1));
  },
  'a lost character': (given, pick) => {
    const row = pick(given.length);
    const where = pick(given[row]!.length);
    return given.with(row, given[row]!.slice(0, where) + given[row]!.slice(where + 1));
  },
  'a lost line': (given, pick) => given.toSpliced(pick(given.length), 1),
  'a doubled line': (given, pick) => {
    const row = pick(given.length);
    return given.toSpliced(pick(given.length + 1), 0, given[row]!);
  },
  'a moved line': (given, pick) => {
    const from = pick(given.length);
    const rest = given.toSpliced(from, 1);
    const to = pick(rest.length);
    return rest.toSpliced(to >= from ? to + 1 : to, 0, given[from]!);
  },
  'a cut end': (given, pick) => given.slice(0, pick(given.length)),
  'a forged entry': (given, pick) => {
    const row = pick(given.length);
    const record = JSON.parse(given[row]!) as AuditRecord;
    return given.with(row, toAuditLine(forged(record, { actorName: 'Eve' })));
  },
  'a new history': (given, pick) => {
    const row = pick(given.length);
    const details = given.map((line) => (JSON.parse(line) as AuditRecord).detail);
    return logOf(details.with(row, { made: 'up' })).map(toAuditLine);
  },
};

test.each(Object.entries(EDITS))('%s anywhere in any log is found', (_name, edit) => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      (details, numbers) => {
        const original = logOf(details);
        const given = original.map(toAuditLine);
        const heads = [original.at(-1)?.hash ?? ''];
        expect(verify(given, { heads }).findings).toEqual([]);
        const changed = edit(given, (below) => (numbers.next().value ?? 0) % below);
        fc.pre(changed.join('\n') !== given.join('\n'));
        expect(verify(changed, { heads }).findings).not.toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
