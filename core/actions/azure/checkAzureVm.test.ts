import { describe, expect, it } from 'vitest';
import {
  type AzureSizeFacts,
  type AzureVmFacts,
  checkAzureResize,
  checkAzureStart,
  checkAzureStop,
} from './checkAzureVm.ts';

const VM: AzureVmFacts = {
  vmSize: 'Standard_D4s_v5',
  state: 'running',
  zone: '1',
  isSpot: false,
  isScaleSetMember: false,
  availabilitySetSizes: undefined,
  isOnDedicatedHost: false,
  hasCapacityReservation: false,
  hasEphemeralOsDisk: false,
  hasPremiumDisk: true,
  hasUltraDisk: false,
  dataDisks: 1,
  networkInterfaces: 1,
  diskController: 'SCSI',
  generation: 'V2',
  usesEncryptionAtHost: false,
  lock: undefined,
};
const FROM: AzureSizeFacts = {
  vmSize: 'Standard_D4s_v5',
  family: 'standardDSv5Family',
  vcpus: 4,
  memoryGib: 16,
  architecture: 'x64',
  takesPremium: true,
  takesUltra: false,
  takesEncryptionAtHost: true,
  dataDisksMax: 8,
  networkInterfacesMax: 2,
  diskControllers: ['SCSI'],
  generations: ['V1', 'V2'],
  hasTempDisk: false,
  hasAcceleratedNetworking: true,
  isRestricted: false,
  restrictedZones: [],
};
const TO: AzureSizeFacts = { ...FROM, vmSize: 'Standard_D2s_v5', vcpus: 2, memoryGib: 8 };
const USAGES = [
  { name: 'cores', label: 'Total Regional vCPUs', used: 18, limit: 20 },
  { name: 'standardDSv5Family', label: 'DSv5', used: 9, limit: 10 },
  { name: 'standardESv5Family', label: 'ESv5', used: 9, limit: 10 },
];

const check = (
  vm: Partial<AzureVmFacts> = {},
  to: Partial<AzureSizeFacts> = {},
  from: Partial<AzureSizeFacts> = {},
) => checkAzureResize({ ...VM, ...vm }, { ...FROM, ...from }, { ...TO, ...to }, USAGES);

describe('checkAzureResize', () => {
  it('finds nothing against an ordinary resize', () => {
    expect(check().refusals).toEqual([]);
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['a scale set', check({ isScaleSetMember: true }), 'scale set'],
    ['a lock', check({ lock: 'keep' }), 'The lock keep'],
    ['an ephemeral system disk', check({ hasEphemeralOsDisk: true }), 'ephemeral'],
    ['Spot', check({ isSpot: true }), 'Spot'],
    ['a dedicated host', check({ isOnDedicatedHost: true }), 'dedicated host'],
    [
      'an availability set',
      check({ availabilitySetSizes: ['Standard_D4s_v5'] }),
      'availability set',
    ],
    ['a capacity reservation', check({ hasCapacityReservation: true }), 'reservation'],
    ['another architecture', check({}, { architecture: 'Arm64' }), 'does not run x64'],
    ['Premium disks', check({}, { takesPremium: false }), 'Premium'],
    ['Ultra disks', check({ hasUltraDisk: true }), 'Ultra'],
    ['too many data disks', check({ dataDisks: 9 }), 'than the 9'],
    ['too many interfaces', check({ networkInterfaces: 3 }), 'than the 3'],
    ['NVMe only', check({}, { diskControllers: ['NVMe'] }), 'by SCSI'],
    ['another generation', check({ generation: 'V1' }, { generations: ['V2'] }), 'generation V1'],
    ['a temporary disk that is new', check({}, { hasTempDisk: true }), 'temporary disk'],
    ['a temporary disk that goes', check({}, {}, { hasTempDisk: true }), 'temporary disk'],
    [
      'encryption at host',
      check({ usesEncryptionAtHost: true }, { takesEncryptionAtHost: false }),
      'encryption at host',
    ],
    ['a restriction of the region', check({}, { isRestricted: true }), 'not available'],
    ['a restriction of the zone', check({}, { restrictedZones: ['1'] }), 'zone 1'],
    ['the size it has, in another case', check({}, { vmSize: 'standard_d4s_V5' }), 'already is'],
    ['a used up quota of the family', check({}, { vcpus: 6 }), 'quota "DSv5"'],
    [
      'a used up quota of another family',
      check({}, { family: 'standardESv5Family' }),
      'quota "ESv5"',
    ],
  ])('refuses %s', (_, { refusals }, sentence) => {
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(sentence);
  });

  it('asks of the region’s quota only what is more than before', () => {
    const roomy = { family: 'unheardOf' };
    expect(check({}, { ...roomy, vcpus: 6 }).refusals).toEqual([]);
    expect(check({}, { ...roomy, vcpus: 7 }).refusals).toHaveLength(1);
  });

  it('lets another zone’s restriction and another spelling of a set’s sizes pass', () => {
    expect(check({}, { restrictedZones: ['2'] }).refusals).toEqual([]);
    expect(check({ availabilitySetSizes: ['STANDARD_D2S_V5'] }).refusals).toEqual([]);
    expect(check({ zone: undefined }, { restrictedZones: ['1'] }).refusals).toEqual([]);
  });

  it('a machine that stays deallocated loses nothing by it', () => {
    const deallocated = { state: 'stopped' };
    expect(check({ ...deallocated, isSpot: true }).refusals).toEqual([]);
    expect(check(deallocated).risks.join(' ')).toContain('stays so');
    expect(check(deallocated).risks.join(' ')).not.toContain('no capacity');
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['the stop', check(), 'cannot be reached'],
    ['no capacity', check(), 'no capacity for Standard_D2s_v5'],
    [
      'what the temporary disk has',
      check({}, { hasTempDisk: true }, { hasTempDisk: true }),
      'is lost',
    ],
    ['less memory', check(), 'Memory shrinks from 16 GiB to 8 GiB'],
    ['fewer vCPUs', check(), 'vCPUs shrink from 4 to 2'],
    ['no accelerated networking', check({}, { hasAcceleratedNetworking: false }), 'accelerated'],
    ['CPU credits', check({}, { vmSize: 'Standard_B2s' }), 'CPU credits'],
  ])('warns of %s', (_, { risks }, words) => {
    expect(risks.join('\n')).toContain(words);
  });
});

describe('checkAzureStop and checkAzureStart', () => {
  it('a stop is refused where something would be lost or replaced', () => {
    expect(checkAzureStop(VM, FROM).refusals).toEqual([]);
    expect(checkAzureStop({ ...VM, hasEphemeralOsDisk: true }, FROM).refusals).toHaveLength(1);
    expect(checkAzureStop({ ...VM, isScaleSetMember: true }, FROM).refusals).toHaveLength(1);
  });

  it('a start is refused where a lock is', () => {
    expect(checkAzureStart(VM).refusals).toEqual([]);
    expect(checkAzureStart({ ...VM, lock: 'keep' }).refusals).toHaveLength(1);
  });
});
