import { describe, expect, it } from 'vitest';
import { checkResize, type InstanceFacts, type InstanceTypeFacts } from './checkResize.ts';

const INSTANCE: InstanceFacts = {
  instanceType: 'm5.xlarge',
  state: 'running',
  architecture: 'x86_64',
  rootDeviceType: 'ebs',
  virtualizationType: 'hvm',
  enaSupport: true,
  isSpot: false,
  autoScalingGroup: undefined,
  isDedicatedHost: false,
  isHibernationOn: false,
  isStopProtected: false,
  hasPassingPublicIp: false,
  networkInterfaces: 1,
  volumes: 2,
  zone: 'us-east-1a',
};

const FROM: InstanceTypeFacts = {
  instanceType: 'm5.xlarge',
  architectures: ['x86_64'],
  virtualizationTypes: ['hvm'],
  enaSupport: 'required',
  nvmeSupport: 'required',
  hasInstanceStore: false,
  isBurstable: false,
  networkInterfacesMax: 4,
  volumesMax: 28,
  memoryMib: 16_384,
  vcpus: 4,
};
const TO: InstanceTypeFacts = { ...FROM, instanceType: 'm5.large', memoryMib: 8_192, vcpus: 2 };

function check(
  instance: Partial<InstanceFacts> = {},
  to: Partial<InstanceTypeFacts> = {},
  from: Partial<InstanceTypeFacts> = {},
  isOffered = true,
) {
  return checkResize(
    { ...INSTANCE, ...instance },
    { ...FROM, ...from },
    { ...TO, ...to },
    isOffered,
  );
}

describe('checkResize', () => {
  it('finds nothing against an ordinary resize', () => {
    expect(check().refusals).toEqual([]);
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['an instance store root', check({ rootDeviceType: 'instance-store' }), 'not an EBS volume'],
    ['a Spot instance', check({ isSpot: true }), 'Spot instance'],
    ['a member of an Auto Scaling group', check({ autoScalingGroup: 'web' }), 'Auto Scaling'],
    ['a Dedicated Host', check({ isDedicatedHost: true }), 'Dedicated Host'],
    ['hibernation', check({ isHibernationOn: true }), 'Hibernation'],
    ['stop protection', check({ isStopProtected: true }), 'Stop protection'],
    ['another architecture', check({}, { architectures: ['arm64'] }), 'does not run x86_64'],
    ['paravirtualization', check({ virtualizationType: 'paravirtual' }), 'paravirtual'],
    ['ENA that is off', check({ enaSupport: false }), 'enhanced networking'],
    ['instance store data', check({}, {}, { hasInstanceStore: true }), 'would erase them'],
    ['too many interfaces', check({ networkInterfaces: 5 }), 'fewer network interfaces'],
    ['too many volumes', check({ volumes: 29 }), 'fewer volumes'],
    ['the type it has', check({ instanceType: 'm5.large' }), 'already is'],
    ['a type not offered in the zone', check({}, {}, {}, false), 'not offered'],
  ])('refuses %s', (_, { refusals }, sentence) => {
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(sentence);
  });

  it('does not take what AWS leaves out for a no', () => {
    const silent = { enaSupport: undefined, architecture: undefined, isStopProtected: undefined };
    expect(check(silent, { networkInterfacesMax: undefined }).refusals).toEqual([]);
  });

  it('lets a stopped instance be resized in spite of stop protection', () => {
    expect(check({ isStopProtected: true, state: 'stopped' }).refusals).toEqual([]);
  });

  it.each<[string, ReturnType<typeof check>, string]>([
    ['the restart', check(), 'cannot be reached'],
    ['no capacity', check(), 'no capacity for m5.large'],
    ['that it stays stopped', check({ state: 'stopped' }), 'stays stopped'],
    ['a public address that changes', check({ hasPassingPublicIp: true }), 'public IPv4'],
    ['less memory', check(), 'Memory shrinks from 16 GiB to 8 GiB'],
    ['fewer vCPUs', check(), 'vCPUs shrink from 4 to 2'],
    ['NVMe names', check({}, {}, { nvmeSupport: 'unsupported' }), 'NVMe'],
    ['CPU credits', check({}, { isBurstable: true }), 'CPU credits'],
  ])('warns of %s', (_, { risks }, words) => {
    expect(risks.join('\n')).toContain(words);
  });
});
