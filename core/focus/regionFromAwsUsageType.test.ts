import { expect, test } from 'vitest';
import { regionFromAwsUsageType } from './regionFromAwsUsageType.ts';

const EC2 = 'Amazon Elastic Compute Cloud - Compute';

test.each([
  [EC2, 'BoxUsage:m5.large', 'us-east-1'],
  [EC2, 'EUC1-BoxUsage:m5.large', 'eu-central-1'],
  [EC2, 'USE2-EBS:VolumeUsage.gp3', 'us-east-2'],
  [EC2, 'APS3-BoxUsage:t3.micro', 'ap-south-1'],
  [EC2, 'EU-BoxUsage:m5.large', 'eu-west-1'],
  // The source's region comes first; the destination's follows.
  ['AWS Data Transfer', 'APE1-USE1-AWS-In-Bytes', 'ap-east-1'],
  ['AWS Data Transfer', 'DataTransfer-Out-Bytes', 'us-east-1'],
  ['Amazon Simple Storage Service', 'Requests-Tier1', 'us-east-1'],
  ['Amazon Simple Storage Service', 'TimedStorage-ByteHrs', 'us-east-1'],
])('%s %s was metered in %s', (service, usageType, region) => {
  expect(regionFromAwsUsageType(service, usageType)).toBe(region);
});

test.each([
  // Edge locations use the same letters for a whole continent.
  ['Amazon CloudFront', 'EU-Requests-Tier1'],
  ['Amazon Route 53', 'DNS-Queries'],
  ['AWS Lambda', 'Global-Something'],
  ['Tax', ''],
  [EC2, 'NoUsageType'],
  // A region that opened after this table was written.
  [EC2, 'ZZZ1-BoxUsage:m5.large'],
])('%s %s has no region that could be told', (service, usageType) => {
  expect(regionFromAwsUsageType(service, usageType)).toBeNull();
});
