import { sumDecimals } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import { startAzureFake, type FakeCharge } from '../../servers/startAzureFake.ts';
import type { ProviderWorld } from '../providerWorld.ts';
import { SECRETS, startAzureProxy, type Answer } from './azureProxy.ts';

const SCOPE = 'providers/Microsoft.Management/managementGroups/planted';
const SUBSCRIPTIONS = [
  '11111111-1111-1111-1111-111111111111',
  '22222222-2222-2222-2222-222222222222',
  '33333333-3333-3333-3333-333333333333',
];
const SERVICES = ['Virtual Machines', 'Storage', 'Bandwidth', 'Azure OpenAI'];
const DAYS = 3;
const UPSTREAM_TEXT = 'planted words of Azure';

/** Costs of three subscriptions below one management group, so that a question is one request. */
export async function startAzureWorld(): Promise<ProviderWorld> {
  const fake = await startAzureFake();
  const proxy = await startAzureProxy(fake.url);
  const start = addDays(new Date().toISOString().slice(0, 10), -40);
  const charges = chargesFrom(start);
  await fake.put({ charges });
  let broken: Answer | undefined;
  let abandoned = 0;
  for (const kind of ['query', 'alerts', 'advisor', 'subscriptions'] as const) {
    proxy.answer(kind, (call) => {
      if (broken !== undefined && 'hang' in broken) {
        void call.abandoned.then(() => (abandoned += 1));
      }
      return broken;
    });
  }
  return {
    server: 'azure-cost',
    provider: 'Azure',
    env: { ...proxy.env, AZURE_COST_SCOPES: SCOPE },
    period: { start, end: addDays(start, DAYS) },
    groupBy: ['ServiceName', 'SubAccountId'],
    totals: { EUR: sumDecimals(charges.map(({ cost }) => cost)) },
    calls: () => proxy.queries().length,
    break: (how) => {
      broken = ANSWERS[how];
    },
    heal: () => {
      broken = undefined;
    },
    abandoned: () => abandoned,
    secrets: [...Object.values(SECRETS), UPSTREAM_TEXT],
    close: async () => {
      await proxy.close();
      await fake.stop();
    },
  };
}

const chargesFrom = (start: string): FakeCharge[] =>
  SUBSCRIPTIONS.flatMap((id, s) =>
    SERVICES.flatMap((ServiceName, i) =>
      Array.from({ length: DAYS }, (_, day) => ({
        scope: `subscriptions/${id}/resourceGroups/rg`,
        date: addDays(start, day),
        cost: `${i + 1}.${s}${day}0000000000000${i + 1}`,
        currency: 'EUR',
        dimensions: { ServiceName, SubscriptionName: `Subscription ${s + 1}` },
      })),
    ),
  );

const refuse = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  json: { error: { code, message: UPSTREAM_TEXT } },
});

const ANSWERS: Record<Parameters<ProviderWorld['break']>[0], Answer> = {
  // Short enough for the server to wait for, once it is healed.
  throttled: refuse(429, '429', { 'x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after': '1' }),
  expired: refuse(401, 'ExpiredAuthenticationToken'),
  forbidden: refuse(403, 'AuthorizationFailed'),
  broken: { text: `<html>${UPSTREAM_TEXT}</html>` },
  cut: { cut: true },
  hang: { hang: true },
};
