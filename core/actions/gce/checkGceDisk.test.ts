import { describe, expect, it } from 'vitest';
import { checkGceDisk, type GceDiskFacts } from './checkGceDisk.ts';

const DISK: GceDiskFacts = {
  state: 'available',
  users: [],
  hasCustomerSuppliedKey: false,
  isConfidential: false,
  isShared: false,
  isReplicated: false,
  inStoragePool: false,
  hasSnapshotSchedule: false,
};

describe('checkGceDisk', () => {
  it('finds nothing against a disk that nothing uses', () => {
    expect(checkGceDisk(DISK).refusals).toEqual([]);
  });

  it.each<[Partial<GceDiskFacts>, string]>([
    [{ state: 'in-use', users: ['vm-1', 'vm-2'] }, 'vm-1, vm-2'],
    [{ state: 'creating' }, 'It is creating'],
    [{ hasCustomerSuppliedKey: true }, 'customer-supplied'],
    [{ isConfidential: true }, 'confidential'],
    [{ isShared: true }, 'Several machines'],
    [{ isReplicated: true }, 'replication'],
    [{ inStoragePool: true }, 'storage pool'],
  ])('refuses %o', (facts, sentence) => {
    const { refusals } = checkGceDisk({ ...DISK, ...facts });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(sentence);
  });

  it('says what cannot be restored', () => {
    const schedule = { ...DISK, hasSnapshotSchedule: true };
    expect(checkGceDisk(schedule).risks.join(' ')).toContain('no snapshot schedule');
    expect(checkGceDisk(DISK).risks.join(' ')).not.toContain('schedule');
  });
});
