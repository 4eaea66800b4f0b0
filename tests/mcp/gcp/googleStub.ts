import { readContract } from './discovery.ts';
import { BILLING_ACCOUNT, COMPUTE } from './exportTable.ts';
import { startLoopback, type Answer, type GoogleCall, type Loopback } from './loopback.ts';

/** A stub of the Cloud Billing API, the Recommender and the token service, held by Google's discovery documents. */
export interface GoogleStub extends Loopback {
  /** Requests by the id of their method, tokens apart. */
  calls: { method: string; call: GoogleCall }[];
  /** The access tokens that its APIs take. */
  accessTokens: Set<string>;
  /** Times that a token was asked for. */
  tokens: () => number;
  /** Answers calls of a method while it returns something; `token` is the token service. */
  answer: (method: string, give: (call: GoogleCall, index: number) => Answer | undefined) => void;
  /** Requests that the API does not have: each is a mistake of the server. */
  mistakes: string[];
  clear: () => void;
}

/** The access token that it gives and asks for. */
export const ACCESS_TOKEN = 'ya29.planted-access-token-0123456789';

const machine = (zone: string, type: string) => `zones/${zone}/machineTypes/${type}`;

/** A recommendation of shape and wording as Google's reference gives them. */
export const recommendation = (
  id: string,
  operations: object[],
  projection: object = {
    cost: { currencyCode: 'USD', units: '-12', nanos: -340_000_000 },
    duration: '2592000s',
  },
  recommender = 'google.compute.instance.MachineTypeRecommender',
) => ({
  name: `projects/1/locations/us-central1-a/recommenders/${recommender}/recommendations/${id}`,
  description: 'Save cost by changing machine type.',
  recommenderSubtype: 'CHANGE_MACHINE_TYPE',
  primaryImpact: { category: 'COST', costProjection: projection },
  content: { operationGroups: [{ operations }] },
  stateInfo: { state: 'ACTIVE' },
  etag: '"etag"',
});

/** The operations of a resize, as the Recommender writes them. */
export const resize = (from: string, to: string, zone = 'us-central1-a', name = 'vm-1') => {
  const resource = `//compute.googleapis.com/projects/shop/zones/${zone}/instances/${name}`;
  const about = { resource, resourceType: 'compute.googleapis.com/Instance', path: '/machineType' };
  return [
    { ...about, action: 'test', valueMatcher: { matchesPattern: `.*${machine(zone, from)}` } },
    { ...about, action: 'replace', value: machine(zone, to) },
  ];
};

const REPLIES: Record<string, (call: GoogleCall) => unknown> = {
  'cloudbilling.billingAccounts.list': () => ({
    billingAccounts: [
      { name: `billingAccounts/${BILLING_ACCOUNT}`, displayName: 'Main account', open: true },
    ],
  }),
  'cloudbilling.billingAccounts.projects.list': () => ({
    projectBillingInfo: [
      { name: 'projects/shop/billingInfo', projectId: 'shop', billingEnabled: true },
      { name: 'projects/quiet/billingInfo', projectId: 'quiet', billingEnabled: true },
      { name: 'projects/old/billingInfo', projectId: 'old', billingEnabled: false },
    ],
  }),
  'cloudbilling.services.skus.list': ({ path }) => ({
    skus: path.includes(COMPUTE.id)
      ? [
          { skuId: '0001-AAAA', category: { usageType: 'OnDemand' } },
          { skuId: '0002-BBBB', category: { usageType: 'Preemptible' } },
          { skuId: '0003-CCCC', category: { usageType: 'Commit1Yr' } },
        ]
      : [],
  }),
  'recommender.projects.locations.recommenders.recommendations.list': ({ path }) => ({
    recommendations:
      path.includes('/us-central1-a/') && path.includes('MachineType')
        ? [recommendation('r1', resize('n1-standard-4', 'n1-standard-2'))]
        : [],
  }),
};

/** Starts it on a free loopback port. */
export async function startGoogleStub(documents: string): Promise<GoogleStub> {
  const contracts = ['cloudbilling.v1', 'recommender.v1'].map((name) =>
    readContract(documents, name),
  );
  const calls: GoogleStub['calls'] = [];
  const mistakes: string[] = [];
  const rules = new Map<string, (call: GoogleCall, index: number) => Answer | undefined>();
  const accessTokens = new Set([ACCESS_TOKEN]);
  let tokens = 0;
  const loopback = await startLoopback((call) => {
    if (call.path === '/token') {
      tokens += 1;
      return rules.get('token')?.(call, tokens - 1) ?? { json: TOKEN };
    }
    const { method, contract } = methodOf(call, contracts, mistakes);
    const index = calls.filter((earlier) => earlier.method === method).length;
    calls.push({ method, call });
    if (!accessTokens.has(call.headers.authorization?.replace('Bearer ', '') ?? '')) {
      mistakes.push(`${method} came without its access token`);
    }
    const given = rules.get(method)?.(call, index);
    if (given) return given;
    const json = REPLIES[method]?.(call) ?? {};
    contract.checkReply(method, json);
    return { json };
  });
  return {
    ...loopback,
    calls,
    accessTokens,
    tokens: () => tokens,
    answer: (method, give) => void rules.set(method, give),
    mistakes,
    clear: () => {
      calls.length = 0;
      mistakes.length = 0;
      rules.clear();
    },
  };
}

const TOKEN = {
  access_token: ACCESS_TOKEN,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3600,
};

function methodOf(
  call: GoogleCall,
  contracts: readonly ReturnType<typeof readContract>[],
  mistakes: string[],
) {
  const errors: string[] = [];
  for (const contract of contracts) {
    try {
      return { method: contract.check(call), contract };
    } catch (error) {
      errors.push(String(error));
    }
  }
  mistakes.push(errors.join('; '));
  throw new Error(errors.join('; '));
}
