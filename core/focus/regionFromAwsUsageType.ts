// "EU" is Ireland's code; edge services use the same letters for the whole continent, which is why they are told apart
// by service.
const REGION_BY_CODE: Readonly<Record<string, string>> = {
  USE1: 'us-east-1',
  USE2: 'us-east-2',
  USW1: 'us-west-1',
  USW2: 'us-west-2',
  UGE1: 'us-gov-east-1',
  UGW1: 'us-gov-west-1',
  CAN1: 'ca-central-1',
  CAN2: 'ca-west-1',
  MXC1: 'mx-central-1',
  SAE1: 'sa-east-1',
  AFS1: 'af-south-1',
  APE1: 'ap-east-1',
  APE2: 'ap-east-2',
  APN1: 'ap-northeast-1',
  APN2: 'ap-northeast-2',
  APN3: 'ap-northeast-3',
  APS1: 'ap-southeast-1',
  APS2: 'ap-southeast-2',
  APS3: 'ap-south-1',
  APS4: 'ap-southeast-3',
  APS5: 'ap-south-2',
  APS6: 'ap-southeast-4',
  APS7: 'ap-southeast-5',
  APS8: 'ap-southeast-6',
  APS9: 'ap-southeast-7',
  EU: 'eu-west-1',
  EUW1: 'eu-west-1',
  EUW2: 'eu-west-2',
  EUW3: 'eu-west-3',
  EUC1: 'eu-central-1',
  EUC2: 'eu-central-2',
  EUN1: 'eu-north-1',
  EUS1: 'eu-south-1',
  EUS2: 'eu-south-2',
  ILC1: 'il-central-1',
  MEC1: 'me-central-1',
  MES1: 'me-south-1',
  CNN1: 'cn-north-1',
  CNW1: 'cn-northwest-1',
};

const GLOBAL_SERVICES = new Set([
  'Amazon CloudFront',
  'Amazon Route 53',
  'Amazon Registrar',
  'AWS Cost Explorer',
  'AWS Global Accelerator',
  'AWS Organizations',
  'AWS Shield',
  'AWS Support (Basic)',
  'AWS Support (Business)',
  'AWS Support (Developer)',
  'AWS Support (Enterprise)',
  'AWS Budgets',
  'Tax',
]);

const HOME_REGION = 'us-east-1';
const LOOKS_LIKE_CODE = /^[A-Z]{3}\d{1,2}$/;
const NO_USAGE = new Set(['', 'NoUsageType', 'No Usage Type']);

/**
 * The region that an AWS usage type was metered in, for instance `eu-central-1` for `EUC1-BoxUsage:m5.large`; a regional
 * service's usage type without a code is us-east-1, the region that had no code at first. Null for services without
 * regions, charges without usage, `Global-…` and codes not in the table, so that nothing lands in a wrong region.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-region-billing-codes.html
 */
export function regionFromAwsUsageType(serviceName: string, usageType: string): string | null {
  if (GLOBAL_SERVICES.has(serviceName) || NO_USAGE.has(usageType)) return null;
  const prefix = /^([A-Za-z0-9]+)-/.exec(usageType)?.[1];
  if (prefix === undefined) return HOME_REGION;
  if (prefix === 'Global') return null;
  const region = REGION_BY_CODE[prefix];
  if (region !== undefined) return region;
  return LOOKS_LIKE_CODE.test(prefix) ? null : HOME_REGION;
}
