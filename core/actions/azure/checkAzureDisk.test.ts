import { describe, expect, it } from 'vitest';
import { type AzureDiskFacts, checkAzureDisk } from './checkAzureDisk.ts';

const DISK: AzureDiskFacts = {
  state: 'available',
  owner: undefined,
  sharesMax: 1,
  isConfidential: false,
  lock: undefined,
};

describe('checkAzureDisk', () => {
  it('finds nothing against a disk that nothing uses', () => {
    expect(checkAzureDisk(DISK).refusals).toEqual([]);
  });

  it.each<[Partial<AzureDiskFacts>, string]>([
    [{ state: 'in-use', owner: 'vm-1' }, 'belongs to vm-1'],
    [{ state: 'activesas' }, 'It is activesas'],
    [{ lock: 'keep' }, 'The lock keep'],
    [{ sharesMax: 2 }, 'Several machines'],
    [{ isConfidential: true }, 'confidential'],
  ])('refuses %o', (facts, sentence) => {
    const { refusals } = checkAzureDisk({ ...DISK, ...facts });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(sentence);
  });

  it('says what is left and what is lost', () => {
    expect(checkAzureDisk(DISK).risks.join(' ')).toMatch(/costs money.*role assignments/);
  });
});
