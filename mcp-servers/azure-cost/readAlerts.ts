import { z } from 'zod';
import { providerText } from '../kit/providerText.ts';
import { LooseAmount } from './looseAmount.ts';
import { readList } from './readList.ts';
import type { Scope } from './scopes.ts';
import type { AzureCall, AzureDesk } from './sendAzure.ts';

const Text = z.string().transform(providerText).nullish();
const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/)
  .transform((text) => text.slice(0, 10))
  .nullish();

const Alert = z.object({
  id: z.string().transform(providerText),
  properties: z.object({
    definition: z.object({ type: Text, category: Text, criteria: Text }).nullish(),
    description: Text,
    creationTime: Day,
    closeTime: Day,
    details: z
      .object({
        amount: LooseAmount,
        currentSpend: LooseAmount,
        unit: Text,
        periodStartDate: Day,
      })
      .nullish(),
  }),
});

/** An alert of Cost Management, as far as it is used; amounts are exact decimals. */
export type Alert = z.infer<typeof Alert>;

/** The RBAC action of alerts. */
export const ALERTS_PERMISSION = 'Microsoft.CostManagement/alerts/read';

const API_VERSION = '2022-10-01';

/** All alerts of a scope, of whatever kind. @throws ToolError as `readList` */
export const readAlerts = (
  { path }: Scope,
  call: Omit<AzureCall, 'permission'>,
  desk: AzureDesk,
): Promise<Alert[]> =>
  readList(
    `/${path}/providers/Microsoft.CostManagement/alerts?api-version=${API_VERSION}`,
    Alert,
    { ...call, permission: ALERTS_PERMISSION },
    desk,
  );
