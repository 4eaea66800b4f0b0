const SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];

/**
 * The instance type of the same family with half the normalisation factor; undefined where the name of that size cannot
 * be told (`metal`, odd multiples, the smallest). Whether the family has it is for EC2 to say.
 *
 * @see sizeFactor.ts for the factors
 */
export function halfSize(instanceType: string): string | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const multiple = Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? 0);
  if (multiple > 2) return multiple % 2 === 0 ? `${family}.${multiple / 2}xlarge` : undefined;
  const smaller = SIZES[SIZES.indexOf(size) - 1];
  return smaller === undefined ? undefined : `${family}.${smaller}`;
}
