import { z } from 'zod';
import { providerText } from '../kit/providerText.ts';
import { LooseAmount } from './looseAmount.ts';
import { readList } from './readList.ts';
import type { AzureCall, AzureDesk } from './sendAzure.ts';

const Text = z.string().transform(providerText);

/** An object without its nulls; an absent one is empty. */
const withoutNulls = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) =>
    Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null)),
  );

const Advice = z.object({
  id: Text,
  properties: z.object({
    impactedField: Text.nullish().transform((field) => field ?? ''),
    impactedValue: Text.nullish(),
    shortDescription: withoutNulls.pipe(
      z.object({ problem: Text.optional(), solution: Text.optional() }),
    ),
    resourceMetadata: withoutNulls.pipe(z.object({ resourceId: Text.optional() })),
    extendedProperties: withoutNulls.pipe(
      z.object({
        savingsAmount: LooseAmount,
        annualSavingsAmount: LooseAmount,
        savingsCurrency: Text.optional(),
        currentSku: Text.optional(),
        targetSku: Text.optional(),
        displaySKU: Text.optional(),
        regionId: Text.optional(),
        region: Text.optional(),
        location: Text.optional(),
        recommendationType: Text.optional(),
        reservedResourceType: Text.optional(),
        term: Text.optional(),
        lookbackPeriod: Text.optional(),
        MaxCpuP95: LooseAmount,
        MaxMemoryP95: LooseAmount,
      }),
    ),
  }),
});

/** One recommendation of Advisor, as far as it is used; amounts are exact decimals. */
export type Advice = z.infer<typeof Advice>;

/** The RBAC action of Advisor's recommendations. */
export const ADVISOR_PERMISSION = 'Microsoft.Advisor/recommendations/read';

const API_VERSION = '2023-01-01';

/** Advisor's recommendations of the category Cost for a subscription. @throws ToolError as `readList` */
export function readAdvice(
  subscriptionId: string,
  call: Omit<AzureCall, 'permission'>,
  desk: AzureDesk,
): Promise<Advice[]> {
  const query = new URLSearchParams({
    'api-version': API_VERSION,
    $filter: "Category eq 'Cost'",
  });
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Advisor/recommendations`;
  return readList(
    `${path}?${query.toString()}`,
    Advice,
    { ...call, permission: ADVISOR_PERMISSION },
    desk,
  );
}
