import { type AuditFinding, AuditRecord } from '../contracts/audit.ts';
import { AUDIT_GENESIS, auditHash } from './auditHash.ts';
import { createPlanCheck } from './createPlanCheck.ts';
import { toAuditLine } from './toAuditLine.ts';

/** What the reader of an export knows of it. */
export interface VerifierOptions {
  /** Hash of the entry before the first one; default the beginning of the log. */
  after?: string | undefined;
  /** Hashes noted earlier, each of which has to be in the log. */
  heads?: readonly string[] | undefined;
  /** The export was filtered: each entry is checked by itself, and that numbers rise. */
  isFiltered?: boolean | undefined;
}

/** Reads an export line by line; memory does not grow with it, but for what is wrong with it and a hash for each plan. */
export interface AuditVerifier {
  /** One line, without its end. */
  line: (text: string) => void;
  /** Ends the reading. */
  end: () => { entries: number; head: string; findings: AuditFinding[] };
}

interface State {
  lineNumber: number;
  entries: number;
  /** The entry of the highest number so far; its hash is undefined where it cannot be relied on. */
  last: { seq: number; hash: string | undefined } | undefined;
  /** Numbers that were jumped over, first and last. */
  missing: [number, number][];
  findings: AuditFinding[];
}

/**
 * Verifies the chain of an exported audit log and names each entry that was changed, removed, reordered or inserted. Who
 * rewrites every entry from a point on, or cuts off the end, makes a chain that is whole in itself: only a head that was
 * noted elsewhere shows that, so `heads` has to hold one. Approvals of actions are checked against the plans that were
 * logged before them.
 */
export function createAuditVerifier(options: VerifierOptions = {}): AuditVerifier {
  const { after, heads = [], isFiltered = false } = options;
  const wanted = new Set(heads);
  const checkPlan = createPlanCheck(!isFiltered && after === undefined);
  const state: State = { lineNumber: 0, entries: 0, last: undefined, missing: [], findings: [] };
  return {
    line: (text) => {
      state.lineNumber += 1;
      const record = readLine(text);
      if (record === undefined) {
        state.findings.push(found(state, 'unreadable', null, 'is not an entry of an audit log'));
        // Whichever entry stood there: it is named by its line, and by the number that is then missing.
        if (state.last !== undefined) state.last.hash = undefined;
        return;
      }
      state.entries += 1;
      const isWhole = check(state, record, text);
      if (isWhole) wanted.delete(record.hash);
      place(state, record, isWhole, { after, isFiltered });
      const mismatch = checkPlan(record);
      if (mismatch !== undefined)
        state.findings.push(found(state, 'plan_mismatch', record.seq, mismatch));
    },
    end: () => {
      const { entries, findings, last, missing } = state;
      const removed = isFiltered ? [] : missing.map(([from, to]) => removal(from, to));
      const cut = [...wanted].filter((head) => head !== AUDIT_GENESIS).map((head) => cutAt(head));
      return {
        entries,
        head: last?.hash ?? after ?? AUDIT_GENESIS,
        findings: [...findings, ...removed, ...cut],
      };
    },
  };
}

function readLine(text: string): AuditRecord | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    // What was read and not what the schema makes of it: that leaves out a key named __proto__.
    return AuditRecord.safeParse(raw).success ? (raw as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the entry's own hash follows from what it says, in the form in which it is exported. */
function check(state: State, record: AuditRecord, text: string): boolean {
  const { seq } = record;
  if (auditHash(record.previousHash, record) !== record.hash) {
    state.findings.push(found(state, 'changed', seq, 'does not have the hash that it states'));
    return false;
  }
  if (toAuditLine(record) === text) return true;
  state.findings.push(found(state, 'changed', seq, 'is not written as it was exported'));
  return false;
}

/** Puts the entry where its number says, and compares it with its neighbour. */
function place(
  state: State,
  { seq, hash, previousHash }: AuditRecord,
  isWhole: boolean,
  { after, isFiltered }: VerifierOptions,
): void {
  const { last } = state;
  if (last !== undefined && seq <= last.seq) {
    const isLate = take(state.missing, seq);
    state.findings.push(
      isLate
        ? found(state, 'reordered', seq, 'stands after an entry of a higher number')
        : found(state, 'inserted', seq, 'has a number that stood before'),
    );
    return;
  }
  state.last = { seq, hash: isWhole ? hash : undefined };
  if (isFiltered === true) return;
  if (last === undefined) {
    begin(state, seq, previousHash, after, isWhole);
    return;
  }
  if (seq > last.seq + 1) {
    state.missing.push([last.seq + 1, seq - 1]);
    return;
  }
  if (isWhole && last.hash !== undefined && last.hash !== previousHash)
    state.findings.push(
      found(state, 'changed', last.seq, `is not the one that entry ${seq} was made after`, -1),
    );
}

function begin(
  state: State,
  seq: number,
  previousHash: string,
  after: string | undefined,
  isWhole: boolean,
): void {
  if (after === undefined && seq > 1) state.missing.push([1, seq - 1]);
  else if (isWhole && previousHash !== (after ?? AUDIT_GENESIS))
    state.findings.push(
      found(state, 'other_log', seq, 'does not follow the entry that the log should begin after'),
    );
}

/** Takes a number out of the missing ones; false where it was not missing. */
function take(missing: [number, number][], seq: number): boolean {
  const at = missing.findIndex(([from, to]) => from <= seq && seq <= to);
  const range = missing[at];
  if (range === undefined) return false;
  const [from, to] = range;
  const rest: [number, number][] = [
    [from, seq - 1],
    [seq + 1, to],
  ];
  missing.splice(at, 1, ...rest.filter(([a, b]) => a <= b));
  return true;
}

function found(
  { lineNumber }: State,
  kind: AuditFinding['kind'],
  seq: number | null,
  what: string,
  lines = 0,
): AuditFinding {
  const line = lineNumber + lines;
  const which = seq === null ? `line ${line}` : `entry ${seq} (line ${line})`;
  return { kind, line, seq, lastSeq: seq, text: `${which} ${what}` };
}

const removal = (from: number, to: number): AuditFinding => ({
  kind: 'removed',
  line: null,
  seq: from,
  lastSeq: to,
  text: from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`,
});

const cutAt = (head: string): AuditFinding => ({
  kind: 'cut',
  line: null,
  seq: null,
  lastSeq: null,
  text: `no entry has the hash ${head}, which was noted as the head: the end was cut off, or everything from some entry on was written anew`,
});
