import { describe, expect, it } from 'vitest';
import {
  checkGceResize,
  checkGceStart,
  checkGceStop,
  type GceInstanceFacts,
  type GceTypeFacts,
} from './checkGceMachine.ts';

const INSTANCE: GceInstanceFacts = {
  machineType: 'n2-standard-4',
  state: 'running',
  zone: 'us-central1-a',
  architecture: 'X86_64',
  localSsds: 0,
  accelerators: 0,
  isSpot: false,
  instanceGroup: undefined,
  isSoleTenant: false,
  hasOwnReservation: false,
  isConfidential: false,
  diskTypes: ['pd-balanced'],
  networkInterfaces: 1,
  hasVirtioNic: false,
  hasExternalIp: false,
  minCpuPlatform: undefined,
};
const FROM: GceTypeFacts = {
  machineType: 'n2-standard-4',
  architecture: 'X86_64',
  vcpus: 4,
  memoryMb: 16_384,
  disksMax: 128,
  isSharedCpu: false,
  accelerators: 0,
  hasLocalSsd: false,
  deprecated: undefined,
};
const TO: GceTypeFacts = { ...FROM, machineType: 'n2-standard-2', vcpus: 2, memoryMb: 8_192 };
const QUOTAS = [
  { metric: 'N2_CPUS', limit: 10, usage: 8 },
  { metric: 'CPUS', limit: 10, usage: 8 },
];

const check = (
  instance: Partial<GceInstanceFacts> = {},
  to: Partial<GceTypeFacts> = {},
  from: Partial<GceTypeFacts> = {},
) => checkGceResize({ ...INSTANCE, ...instance }, { ...FROM, ...from }, { ...TO, ...to }, QUOTAS);

describe('checkGceResize', () => {
  it('finds nothing against an ordinary resize', () => {
    expect(check().refusals).toEqual([]);
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['local SSDs', check({ localSsds: 1 }), 'erase them'],
    ['a GPU', check({ accelerators: 1 }), 'accelerators'],
    ['a type with a GPU', check({}, { accelerators: 1 }), 'accelerators'],
    ['a type with local SSDs', check({}, { hasLocalSsd: true }), 'brings local SSDs'],
    ['Spot', check({ isSpot: true }), 'Spot'],
    ['a managed group', check({ instanceGroup: 'web' }), 'group web'],
    ['a sole-tenant node', check({ isSoleTenant: true }), 'sole-tenant'],
    ['another architecture', check({}, { architecture: 'ARM64' }), 'does not run X86_64'],
    ['a Persistent Disk on N4', check({}, { machineType: 'n4-standard-2' }), 'pd-balanced'],
    [
      'a Hyperdisk on E2',
      check({ diskTypes: ['hyperdisk-balanced'] }, { machineType: 'e2-standard-2' }),
      'hyperdisk-balanced',
    ],
    [
      'a standard disk on C3',
      check({ diskTypes: ['pd-standard'] }, { machineType: 'c3-standard-4' }),
      'pd-standard',
    ],
    [
      'too many disks',
      check({ diskTypes: ['pd-ssd', 'pd-ssd'] }, { disksMax: 1 }),
      'the 2 attached',
    ],
    [
      'VirtIO where gVNIC is needed',
      check({ hasVirtioNic: true }, { machineType: 'c3-standard-4' }),
      'gVNIC',
    ],
    ['too many interfaces', check({ networkInterfaces: 3 }), 'than the 3 attached'],
    [
      'a Confidential VM',
      check({ isConfidential: true }, { machineType: 'e2-standard-2' }),
      'Confidential',
    ],
    ['a reservation by name', check({ hasOwnReservation: true }), 'reservation'],
    ['a type of the past', check({}, { deprecated: 'OBSOLETE' }), 'no longer offers'],
    ['the type it has', check({}, { machineType: 'n2-standard-4' }), 'already is'],
    ['a used up quota', check({}, { vcpus: 8 }), '8 of 10 vCPUs'],
    [
      'a used up quota of another series',
      check({}, { machineType: 'e2-standard-4', vcpus: 4 }),
      'The quota CPUS',
    ],
  ])('refuses %s', (_, { refusals }, sentence) => {
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(sentence);
  });

  it('counts the vCPUs of the old type as free only where both share a quota', () => {
    expect(check({}, { vcpus: 6 }).refusals).toEqual([]);
    expect(check({}, { vcpus: 7 }).refusals).toHaveLength(1);
    expect(check({}, { machineType: 'e2-standard-2', vcpus: 2 }).refusals).toEqual([]);
    expect(check({}, { machineType: 'e2-standard-4', vcpus: 3 }).refusals).toHaveLength(1);
  });

  it('does not ask for a quota while the instance stays stopped', () => {
    expect(check({ state: 'stopped' }, { vcpus: 64 }).refusals).toEqual([]);
  });

  it('does not judge what Google does not say, or a series that it does not know', () => {
    const silent = { architecture: undefined };
    expect(check(silent, { ...silent, disksMax: undefined }, silent).refusals).toEqual([]);
    const unknown = check({}, { machineType: 'q9-standard-2' });
    expect(unknown.refusals).toEqual([]);
    expect(unknown.risks.join(' ')).toContain('is not known here');
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['the stop', check(), 'cannot be reached'],
    ['no capacity', check(), 'no capacity for n2-standard-2'],
    ['that it stays stopped', check({ state: 'stopped' }), 'stays stopped'],
    ['an address that changes', check({ hasExternalIp: true }), 'external IP'],
    ['less memory', check(), 'Memory shrinks from 16 GiB to 8 GiB'],
    ['fewer vCPUs', check(), 'vCPUs shrink from 4 to 2'],
    ['a shared CPU', check({}, { isSharedCpu: true }), 'shares its CPU'],
    ['NVMe and gVNIC', check({ diskTypes: ['pd-ssd'] }, { machineType: 'c3-standard-4' }), 'NVMe'],
    [
      'a CPU platform',
      check({ minCpuPlatform: 'Intel Ice Lake' }, { machineType: 'e2-standard-2' }),
      'Intel Ice Lake',
    ],
    ['a deprecated type', check({}, { deprecated: 'DEPRECATED' }), 'deprecated'],
  ])('warns of %s', (_, { risks }, words) => {
    expect(risks.join('\n')).toContain(words);
  });
});

describe('checkGceStop and checkGceStart', () => {
  it('a stop is refused for the reasons of the instance only', () => {
    expect(checkGceStop(INSTANCE).refusals).toEqual([]);
    expect(checkGceStop({ ...INSTANCE, localSsds: 1 }).refusals).toHaveLength(1);
    expect(checkGceStop({ ...INSTANCE, instanceGroup: 'web' }).refusals).toHaveLength(1);
  });

  it('a start needs its whole type’s quota', () => {
    const stopped = { ...INSTANCE, state: 'stopped' };
    expect(checkGceStart(stopped, { ...FROM, vcpus: 2 }, QUOTAS).refusals).toEqual([]);
    expect(checkGceStart(stopped, FROM, QUOTAS).refusals).toHaveLength(1);
    expect(checkGceStart(stopped, FROM, []).refusals).toEqual([]);
  });
});
