import type { ProviderWorld } from '../providerWorld.ts';
import { startAnthropicStub } from './anthropicStub.ts';
import { ANTHROPIC_BOOKS, OPENAI_BOOKS, PERIOD } from './books.ts';
import { KEYS } from './llmWorld.ts';
import { startOpenAiStub } from './openAiStub.ts';
import type { Stub, StubAnswer } from './stubServer.ts';

const UPSTREAM_TEXT = 'planted words of the provider';

const refuse = (status: number, headers: Record<string, string> = {}): StubAnswer => ({
  status,
  headers,
  body: JSON.stringify({ error: { message: `${UPSTREAM_TEXT} for ${KEYS.openai}` } }),
});

const FAULTS: Readonly<Record<Parameters<ProviderWorld['break']>[0], StubAnswer>> = {
  throttled: refuse(429, { 'retry-after': '7' }),
  expired: refuse(401),
  forbidden: refuse(403),
  broken: { body: `<html>${UPSTREAM_TEXT}</html>`, headers: { 'content-type': 'text/html' } },
  cut: { cut: true },
  hang: { hang: true },
};

/** A stub of OpenAI behind the llm-tracker server, with no key of another provider. */
export async function startOpenAiWorld(): Promise<ProviderWorld> {
  const stub = await startOpenAiStub(KEYS.openai, OPENAI_BOOKS);
  return {
    ...toWorld(stub),
    provider: 'OpenAI',
    env: { OPENAI_ADMIN_KEY: KEYS.openai, OPENAI_BASE_URL: `${stub.url}/v1` },
    totals: { USD: '11.94000000090000030003' },
    resources: {
      filter: { dimension: 'SubAccountId', in: ['proj_support', 'proj_search'] },
      period: PERIOD,
    },
  };
}

/** A stub of Anthropic behind the llm-tracker server, with no key of another provider. */
export async function startAnthropicWorld(): Promise<ProviderWorld> {
  const stub = await startAnthropicStub(KEYS.anthropic, ANTHROPIC_BOOKS);
  return {
    ...toWorld(stub),
    provider: 'Anthropic',
    env: { ANTHROPIC_ADMIN_KEY: KEYS.anthropic, ANTHROPIC_BASE_URL: stub.url },
    totals: { USD: '33.793500003' },
  };
}

function toWorld(stub: Stub): Omit<ProviderWorld, 'provider' | 'env' | 'totals'> {
  return {
    server: 'llm-tracker',
    period: PERIOD,
    groupBy: ['SubAccountId', 'SkuMeter'],
    calls: () => stub.calls.filter(({ path }) => /\/(costs|cost_report)$/.test(path)).length,
    break: (how) => {
      stub.answer(() => FAULTS[how]);
    },
    heal: () => {
      stub.answer(() => undefined);
    },
    abandoned: stub.abandoned,
    secrets: [KEYS.openai, KEYS.anthropic, UPSTREAM_TEXT],
    close: stub.close,
  };
}
