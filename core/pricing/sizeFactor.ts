/**
 * The normalisation factor of an EC2 instance type's size as a decimal string, and its family; undefined for sizes that
 * have none (`metal`). Within one family the factor is proportional to the size, hence to the on-demand rate; between
 * families it says nothing.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/cost-optimization-reservation-models/maximizing-utilization-with-size-flexibility-in-regional-reserved-instances.html
 * table 3: nano 0.25, micro 0.5, small 1, medium 2, large 4, xlarge 8, and Nxlarge = 8 N
 */
export function sizeFactor(instanceType: string): { family: string; factor: string } | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const named = NAMED[size];
  if (named !== undefined) return { family, factor: named };
  const multiple = /^([1-9]\d{0,2})xlarge$/.exec(size)?.[1];
  return multiple === undefined ? undefined : { family, factor: String(8 * Number(multiple)) };
}

const NAMED: Readonly<Partial<Record<string, string>>> = {
  nano: '0.25',
  micro: '0.5',
  small: '1',
  medium: '2',
  large: '4',
  xlarge: '8',
};
