import { PROVIDER_NAMES } from '../contracts/providerNames.ts';
import type { ActionCreate } from '../contracts/action.ts';
import type { Provider } from '../contracts/scalars.ts';
import type { FieldError } from '../errors.ts';

type Cloud = 'aws' | 'gcp' | 'azure';

/**
 * The one form of a resource's id: ids of Azure mean the same in upper and lower case, and two open actions on one
 * resource must meet.
 */
export function canonicalResourceId(resourceId: string): string {
  return resourceId.startsWith('/subscriptions/') ? resourceId.toLowerCase() : resourceId;
}

/** Why a proposal cannot be for a connection of this provider; undefined when it can. */
export function findMismatch(
  create: ActionCreate,
  provider: Provider,
): { detail: string; field: FieldError } | undefined {
  if (create.kind === 'limit_api_key') {
    if (provider === 'openai' || provider === 'anthropic') return undefined;
    return wrongConnection(
      provider,
      'API keys can be limited on OpenAI and Anthropic connections.',
    );
  }
  if (provider === 'openai' || provider === 'anthropic') {
    return wrongConnection(provider, 'Machines and disks are on AWS, Google Cloud and Azure.');
  }
  if (cloudOf(create.resourceId) !== provider) {
    return {
      detail: `The connection is to ${PROVIDER_NAMES[provider]}; give the id of a resource there.`,
      field: { pointer: '/resourceId', detail: `is not an id of ${PROVIDER_NAMES[provider]}` },
    };
  }
  if (create.kind !== 'resize_instance' || TYPES[provider].test(create.target.instanceType)) {
    return undefined;
  }
  return {
    detail: `Give a type of ${PROVIDER_NAMES[provider]}, such as ${EXAMPLES[provider]}.`,
    field: {
      pointer: '/target/instanceType',
      detail: `is not a type of ${PROVIDER_NAMES[provider]}`,
    },
  };
}

function wrongConnection(provider: Provider, detail: string) {
  return { detail, field: { pointer: '/connectionId', detail: `is a connection to ${provider}` } };
}

function cloudOf(resourceId: string): Cloud {
  if (resourceId.startsWith('projects/')) return 'gcp';
  return resourceId.startsWith('/subscriptions/') ? 'azure' : 'aws';
}

const EXAMPLES: Readonly<Record<Cloud, string>> = {
  aws: 'm5.large',
  gcp: 'e2-standard-4',
  azure: 'Standard_D4s_v5',
};

const TYPES: Readonly<Record<Cloud, RegExp>> = {
  aws: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  gcp: /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/,
  azure: /^(Standard|Basic)_[A-Za-z0-9_-]+$/i,
};
