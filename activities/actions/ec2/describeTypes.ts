import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  type _InstanceType,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import type { InstanceTypeFacts } from '../../../core/actions/checkResize.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Ec2 } from './createEc2For.ts';
import { fromEc2Error } from './fromEc2Error.ts';

/** Reads what two instance types can do. @throws CostGuardError `resize_not_supported` for a type that does not exist */
export async function describeTypes(
  { read }: Ec2,
  from: string,
  to: string,
): Promise<{ from: InstanceTypeFacts; to: InstanceTypeFacts }> {
  // The SDK's union of types lags behind AWS; names come from the contract's pattern.
  const names = [...new Set([from, to])] as _InstanceType[];
  const answer = await read
    .send(new DescribeInstanceTypesCommand({ InstanceTypes: names }))
    .catch((error: unknown) => {
      throw isUnknownType(error)
        ? noSuchType(to, error)
        : fromEc2Error(error, 'DescribeInstanceTypes');
    });
  const facts = new Map(
    (answer.InstanceTypes ?? []).map((info) => [info.InstanceType, fromInfo(info)]),
  );
  const [current, target] = [facts.get(names[0]), facts.get(to as _InstanceType)];
  if (current === undefined || target === undefined) throw noSuchType(to);
  return { from: current, to: target };
}

/** Whether an instance type can be had in an availability zone at all. */
export async function isOfferedInZone(
  { read }: Ec2,
  instanceType: string,
  zone: string,
): Promise<boolean> {
  const command = new DescribeInstanceTypeOfferingsCommand({
    LocationType: 'availability-zone',
    Filters: [
      { Name: 'instance-type', Values: [instanceType] },
      { Name: 'location', Values: [zone] },
    ],
  });
  const answer = await read.send(command).catch((error: unknown) => {
    throw fromEc2Error(error, 'DescribeInstanceTypeOfferings');
  });
  return (answer.InstanceTypeOfferings ?? []).some((offer) => offer.InstanceType === instanceType);
}

function isUnknownType(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidInstanceType';
}

function noSuchType(instanceType: string, cause?: unknown): CostGuardError {
  return new CostGuardError(
    'resize_not_supported',
    `There is no instance type ${instanceType} in this region.`,
    { cause },
  );
}

function fromInfo(info: InstanceTypeInfo): InstanceTypeFacts {
  return {
    instanceType: info.InstanceType ?? '',
    architectures: info.ProcessorInfo?.SupportedArchitectures ?? [],
    virtualizationTypes: info.SupportedVirtualizationTypes ?? [],
    enaSupport: info.NetworkInfo?.EnaSupport,
    nvmeSupport: info.EbsInfo?.NvmeSupport,
    hasInstanceStore: info.InstanceStorageSupported === true,
    isBurstable: info.BurstablePerformanceSupported === true,
    networkInterfacesMax: info.NetworkInfo?.MaximumNetworkInterfaces,
    volumesMax: info.EbsInfo?.MaximumEbsAttachments,
    memoryMib: info.MemoryInfo?.SizeInMiB,
    vcpus: info.VCpuInfo?.DefaultVCpus,
  };
}
