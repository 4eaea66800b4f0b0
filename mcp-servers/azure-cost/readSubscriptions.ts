import { z } from 'zod';
import { providerText } from '../kit/providerText.ts';
import { readList } from './readList.ts';
import type { AzureCall, AzureDesk } from './sendAzure.ts';

const Subscription = z.object({
  subscriptionId: z.string().transform((id) => id.toLowerCase()),
  displayName: z.string().transform(providerText).nullish(),
  state: z.string().nullish(),
});

/** A subscription that the identity may see. */
export type Subscription = z.infer<typeof Subscription>;

/** The RBAC action of subscriptions. */
export const SUBSCRIPTIONS_PERMISSION = 'Microsoft.Resources/subscriptions/read';

const API_VERSION = '2022-12-01';

/** All subscriptions that the identity may see. @throws ToolError as `readList` */
export const readSubscriptions = (
  call: Omit<AzureCall, 'permission'>,
  desk: AzureDesk,
): Promise<Subscription[]> =>
  readList(
    `/subscriptions?api-version=${API_VERSION}`,
    Subscription,
    { ...call, permission: SUBSCRIPTIONS_PERMISSION },
    desk,
  );
