import { EnvError } from '../../core/config/env.ts';

/** One place whose costs are read, as Azure Resource Manager writes it without the leading slash. */
export interface Scope {
  path: string;
  kind: 'subscription' | 'resourceGroup' | 'managementGroup' | 'billing';
  /** The subscription of a subscription or resource group. */
  subscriptionId?: string;
  /** The name of a resource group. */
  resourceGroup?: string;
  /** The account of a billing scope. */
  billingAccountId?: string;
}

/** Scopes that can be named; each is a request of its own, of which one tool call may make 20. */
export const SCOPES_MAX = 10;

const VARIABLE = 'AZURE_COST_SCOPES';
// No name ends with a full stop, so that `..` is none.
const NAME = String.raw`[\w.():;~-]*[\w():;~-]`;
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const SUBSCRIPTION = new RegExp(
  String.raw`^subscriptions/(${GUID})(?:/resourceGroups/([\w.()-]*[\w()-]))?$`,
  'i',
);
const MANAGEMENT_GROUP = new RegExp(
  `^providers/Microsoft\\.Management/managementGroups/(${NAME})$`,
  'i',
);
const BILLING = new RegExp(
  `^providers/Microsoft\\.Billing/billingAccounts/(${NAME})` +
    `(?:/(?:billingProfiles|departments|enrollmentAccounts|customers)/${NAME}(?:/invoiceSections/${NAME})?)?$`,
  'i',
);

/**
 * The scopes of a comma-separated list; none for an empty one. Scopes that overlap, or may, are refused, for their costs
 * would be counted twice.
 *
 * @throws EnvError with one line for each mistake
 */
export function parseScopes(text: string): Scope[] {
  const names = text
    .split(',')
    .map((name) => name.trim().replace(/^\/+|\/+$/g, ''))
    .filter((name) => name !== '');
  const entries = names.map(findScope);
  const lines = entries.flatMap((scope, i) =>
    scope
      ? []
      : [
          `${VARIABLE}: entry ${i + 1} is not a scope; write subscriptions/ID, subscriptions/ID/resourceGroups/NAME, providers/Microsoft.Management/managementGroups/ID or providers/Microsoft.Billing/billingAccounts/ID`,
        ],
  );
  lines.push(...overlaps(entries));
  if (names.length > SCOPES_MAX) {
    lines.push(
      `${VARIABLE}: names ${names.length} scopes; name ${SCOPES_MAX} at most, or the management group that holds them`,
    );
  }
  if (lines.length > 0) throw new EnvError(lines);
  return entries.flatMap((scope) => scope ?? []);
}

function findScope(path: string): Scope | undefined {
  const [subscription, subscriptionId, resourceGroup] = SUBSCRIPTION.exec(path) ?? [];
  if (subscription !== undefined && subscriptionId !== undefined) {
    const id = subscriptionId.toLowerCase();
    return resourceGroup === undefined
      ? { path, kind: 'subscription', subscriptionId: id }
      : { path, kind: 'resourceGroup', subscriptionId: id, resourceGroup };
  }
  if (MANAGEMENT_GROUP.test(path)) return { path, kind: 'managementGroup' };
  const billingAccountId = BILLING.exec(path)?.[1];
  return billingAccountId === undefined ? undefined : { path, kind: 'billing', billingAccountId };
}

const isSubscriptionOrBelow = ({ kind }: Scope) =>
  kind === 'subscription' || kind === 'resourceGroup';

function overlaps(entries: readonly (Scope | undefined)[]): string[] {
  return entries.flatMap((scope, i) =>
    entries.slice(0, i).flatMap((other, j) => {
      const why = scope && other && findOverlap(other, scope);
      return why === undefined
        ? []
        : [`${VARIABLE}: entries ${j + 1} and ${i + 1} ${why}, so costs would be counted twice`];
    }),
  );
}

/** Why two scopes may hold the same costs; undefined when they cannot. */
function findOverlap(a: Scope, b: Scope): string | undefined {
  const [left, right] = [a, b].map(({ path }) => `${path.toLowerCase()}/`) as [string, string];
  if (left === right) return 'are the same';
  if (left.startsWith(right) || right.startsWith(left)) return 'lie in each other';
  if (isSubscriptionOrBelow(a) && isSubscriptionOrBelow(b)) return undefined;
  if (a.kind === 'managementGroup' || b.kind === 'managementGroup') {
    return 'may hold the same subscriptions (name a management group alone)';
  }
  if (a.kind !== b.kind)
    return 'may hold the same subscriptions (name only billing scopes or none)';
  // A department and an enrollment account of one billing account hold the same charges.
  const isApart =
    a.billingAccountId?.toLowerCase() !== b.billingAccountId?.toLowerCase() ||
    left.split('/')[4] === right.split('/')[4];
  return isApart ? undefined : 'divide one billing account in different ways';
}
