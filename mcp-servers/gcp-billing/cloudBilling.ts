import { CloudBillingClient, CloudCatalogClient } from '@google-cloud/billing';
import { GoogleAuth } from 'google-auth-library';
import { z } from 'zod';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { sendCounted, type CountedCall } from '../kit/costs/countedCall.ts';
import { providerText } from '../kit/providerText.ts';
import { fromGoogleError } from './fromGoogleError.ts';
import type { GoogleFetch } from './googleHttp.ts';

const Text = z.string().transform(providerText);
const Account = z.object({ name: Text, displayName: Text, open: z.boolean() });
const Project = z.object({ projectId: Text, billingEnabled: z.boolean() });
const Sku = z.object({
  skuId: Text,
  category: z.object({ usageType: z.string() }).nullish(),
});

/** A billing account: `name` is `billingAccounts/ID`. */
export type BillingAccount = z.infer<typeof Account>;

/** A project of a billing account. */
export type BilledProject = z.infer<typeof Project>;

/** A SKU with how its usage is bought, for instance `OnDemand`. */
export type CatalogSku = z.infer<typeof Sku>;

/** The parts of the Cloud Billing API that are used. */
export interface CloudBilling {
  accounts: (call: CountedCall) => Promise<BillingAccount[]>;
  projects: (account: string, call: CountedCall) => Promise<BilledProject[]>;
  skus: (serviceId: string, call: CountedCall) => Promise<CatalogSku[]>;
}

const PAGE_SIZE = { accounts: 100, projects: 100, skus: 5_000 };
const PAGES_MAX = 200;
// One attempt, one page: the budget counts what is sent, and the caller decides on another try.
const ONCE = { autoPaginate: false, retry: null } as const;

/**
 * The Cloud Billing API by Google's own clients, over REST. Requests go through `send`, since the clients by themselves
 * neither end a request whose caller has given up nor tell how long to wait.
 *
 * @param endpoint instead of Google's, for instance `http://127.0.0.1:9000`
 */
export function createCloudBilling(
  send: GoogleFetch,
  budget: CallBudget,
  endpoint: string | undefined,
): CloudBilling {
  const options = (signal: AbortSignal) => ({
    ...toAddress(endpoint),
    fallback: true as const,
    auth: throughFetch(send, signal),
  });
  const pages = (permission: string, call: CountedCall) => ({ permission, call, budget });
  return {
    accounts: (call) =>
      readPages(Account, pages('billing.accounts.list', call), (pageToken, signal) =>
        new CloudBillingClient(options(signal)).listBillingAccounts(
          { pageSize: PAGE_SIZE.accounts, pageToken },
          ONCE,
        ),
      ),
    projects: (name, call) =>
      readPages(Project, pages('billing.resourceAssociations.list', call), (pageToken, signal) =>
        new CloudBillingClient(options(signal)).listProjectBillingInfo(
          { name, pageSize: PAGE_SIZE.projects, pageToken },
          ONCE,
        ),
      ),
    skus: (serviceId, call) =>
      readPages(Sku, pages('cloudbilling.services.skus.list', call), (pageToken, signal) =>
        new CloudCatalogClient(options(signal)).listSkus(
          { parent: `services/${serviceId}`, pageSize: PAGE_SIZE.skus, pageToken },
          ONCE,
        ),
      ),
  };
}

type Page = [rows: unknown[], next: object | null, reply: { nextPageToken?: string | null }];

/** All pages of a list. @throws ToolError `UPSTREAM_FAILED` when a page token comes twice */
async function readPages<Schema extends z.ZodType>(
  schema: Schema,
  { permission, call, budget }: { permission: string; call: CountedCall; budget: CallBudget },
  send: (pageToken: string, signal: AbortSignal) => Promise<Page>,
): Promise<z.output<Schema>[]> {
  const rows: z.output<Schema>[] = [];
  const seen = new Set<string>();
  for (let token = ''; ;) {
    const [page, , reply] = await sendCounted(call, budget, {
      operation: permission,
      send: (signal) => send(token, signal),
      toError: (error) => fromGoogleError(error, permission),
    });
    const what = 'Google left out what belongs to a billing account, project or SKU.';
    rows.push(...parseAnswer(z.array(schema), page, what));
    token = reply.nextPageToken ?? '';
    if (token === '') return rows;
    if (seen.has(token) || seen.size > PAGES_MAX) {
      throw answerInvalid('Google gave the same page token twice, so its pages would never end.');
    }
    seen.add(token);
  }
}

function toAddress(endpoint: string | undefined) {
  if (endpoint === undefined) return {};
  const { protocol, hostname, port } = new URL(endpoint);
  const scheme = protocol.slice(0, -1);
  return {
    protocol: scheme,
    apiEndpoint: hostname,
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
  };
}

/** Credentials as the clients want them, which send by a fetch of ours: it has the token already. */
function throughFetch(send: GoogleFetch, signal: AbortSignal): GoogleAuth {
  const fetchThrough = (url: string, init: RequestInit) => {
    const { method = 'GET', headers, body } = init;
    return send(url, {
      method,
      signal,
      ...(headers ? { headers } : {}),
      ...(body ? { body } : {}),
    });
  };
  const auth = new GoogleAuth({ projectId: 'unused', credentials: NOBODY });
  return Object.assign(auth, { fetch: fetchThrough });
}

// The clients ask for credentials before they send; these are never sent.
const NOBODY = { client_email: 'nobody', private_key: 'none' };
