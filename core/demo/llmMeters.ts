import type { Incident, Meter } from './meter.ts';

/** USD for a million tokens of each kind. */
type TokenPrices = Readonly<Record<string, string>>;

/**
 * List prices in USD for a million tokens, as in the price table of npm `@pydantic/genai-prices` 0.1.8 (base rates; tiers
 * for long requests are left out). OpenAI's input excludes cached tokens here, as its cost lines do.
 */
const MODELS: Readonly<Record<string, TokenPrices>> = {
  'gpt-5': { input: '1.25', cached_input: '0.125', output: '10' },
  'gpt-5.2': { input: '1.75', cached_input: '0.175', output: '14' },
  'gpt-5-mini': { input: '0.25', cached_input: '0.025', output: '2' },
  'text-embedding-3-small': { input: '0.02' },
  'claude-opus-4-5': { input: '5', cache_write: '6.25', cache_read: '0.5', output: '25' },
  'claude-sonnet-4-5': { input: '3', cache_write: '3.75', cache_read: '0.3', output: '15' },
  'claude-haiku-4-5': { input: '1', cache_write: '1.25', cache_read: '0.1', output: '5' },
};

/** A project's use of one model: tokens on a working day, in thousands, by kind. */
interface ModelUse {
  project: { subAccountId: string; subAccountName: string };
  model: string;
  kiloTokens: Readonly<Record<string, number>>;
  weekend: number;
  growth: number;
  since?: number;
  until?: number;
  incident?: Incident;
}

const openai = (id: string, name: string) => ({ subAccountId: id, subAccountName: name });
const SUPPORT = openai('proj_northwind_support', 'Customer support assistant');
const SEARCH = openai('proj_northwind_search', 'Manual search');
const OFFICE = openai('proj_northwind_office', 'Internal tools');
const TRIAGE = openai('wrkspc_northwind_triage', 'Fleet triage');
const CODING = openai('wrkspc_northwind_coding', 'Coding agents');
const REPORTS = openai('wrkspc_northwind_reports', 'Incident reports');

/** The keys of each project and workspace by their ids, with the part of its use that each has, in percent. */
export const DEMO_KEYS: Readonly<Record<string, readonly { id: string; share: number }[]>> = {
  proj_northwind_support: [
    { id: 'key_northwind_support_web', share: 72 },
    { id: 'key_northwind_support_mail', share: 28 },
  ],
  proj_northwind_search: [{ id: 'key_northwind_search', share: 100 }],
  proj_northwind_office: [{ id: 'key_northwind_office', share: 100 }],
  wrkspc_northwind_triage: [{ id: 'apikey_northwind_triage_agent', share: 100 }],
  wrkspc_northwind_coding: [
    { id: 'apikey_northwind_coding_editor', share: 61 },
    { id: 'apikey_northwind_coding_ci', share: 39 },
  ],
  wrkspc_northwind_reports: [{ id: 'apikey_northwind_reports', share: 100 }],
};

/** The support assistant changed its model four months before the anchor; both sides of the change are one meter each. */
const MODEL_CHANGE = -120;

/**
 * An agent that retried its own failures all of yesterday. The factor keeps the excess above what counts as immaterial, 10 in
 * all, also when yesterday was a Sunday.
 */
const RUNAWAY = { from: -1, to: 0, factor: 3.2 };

const OPENAI_USE: readonly ModelUse[] = [
  {
    project: SUPPORT,
    model: 'gpt-5',
    kiloTokens: { input: 2900, cached_input: 3600, output: 540 },
    weekend: 0.5,
    growth: 0.5,
    until: MODEL_CHANGE,
  },
  {
    project: SUPPORT,
    model: 'gpt-5.2',
    kiloTokens: { input: 2700, cached_input: 4200, output: 500 },
    weekend: 0.5,
    growth: 0.5,
    since: MODEL_CHANGE,
  },
  {
    project: SUPPORT,
    model: 'gpt-5-mini',
    kiloTokens: { input: 5200, cached_input: 2100, output: 610 },
    weekend: 0.5,
    growth: 0.5,
  },
  {
    project: SEARCH,
    model: 'gpt-5-mini',
    kiloTokens: { input: 7400, cached_input: 3300, output: 880 },
    weekend: 0.6,
    growth: 0.6,
  },
  {
    project: SEARCH,
    model: 'text-embedding-3-small',
    kiloTokens: { input: 41_000 },
    weekend: 0.6,
    growth: 0.6,
  },
  {
    project: OFFICE,
    model: 'gpt-5',
    kiloTokens: { input: 1500, cached_input: 700, output: 310 },
    weekend: 0.15,
    growth: 0.4,
  },
];

const ANTHROPIC_USE: readonly ModelUse[] = [
  {
    project: TRIAGE,
    model: 'claude-opus-4-5',
    kiloTokens: { input: 310, cache_write: 180, cache_read: 1900, output: 105 },
    weekend: 0.85,
    growth: 0.4,
    incident: RUNAWAY,
  },
  {
    project: TRIAGE,
    model: 'claude-haiku-4-5',
    kiloTokens: { input: 420, cache_write: 60, cache_read: 800, output: 70 },
    weekend: 0.85,
    growth: 0.4,
  },
  {
    project: CODING,
    model: 'claude-sonnet-4-5',
    kiloTokens: { input: 980, cache_write: 900, cache_read: 14_500, output: 410 },
    weekend: 0.12,
    growth: 0.7,
  },
  {
    project: CODING,
    model: 'claude-haiku-4-5',
    kiloTokens: { input: 700, cache_write: 300, cache_read: 2600, output: 160 },
    weekend: 0.12,
    growth: 0.7,
  },
  {
    project: REPORTS,
    model: 'claude-sonnet-4-5',
    kiloTokens: { input: 640, cache_write: 120, cache_read: 500, output: 96 },
    weekend: 0.3,
    growth: 0.3,
  },
];

/** The meters of the demo's OpenAI projects: one for each project, model and kind of token. */
export const OPENAI_METERS = OPENAI_USE.flatMap((use) => toMeters('OpenAI API', use));

/** The meters of the demo's Anthropic workspaces: one for each workspace, model and kind of token. */
export const ANTHROPIC_METERS = ANTHROPIC_USE.flatMap((use) => toMeters('Claude API', use));

function toMeters(serviceName: string, use: ModelUse): Meter[] {
  return Object.entries(MODELS[use.model] ?? {}).map(([kind, perMillion]) => ({
    ...use.project,
    serviceName,
    serviceCategory: 'AI and Machine Learning',
    regionId: null,
    skuId: `${use.model}/${kind}`,
    skuMeter: use.model,
    unit: 'Tokens',
    price: perToken(perMillion),
    perDay: (use.kiloTokens[kind] ?? 0) * 1000,
    weekend: use.weekend,
    noise: 0.06,
    growth: use.growth,
    ...(use.since === undefined ? {} : { since: use.since }),
    ...(use.until === undefined ? {} : { until: use.until }),
    ...(use.incident === undefined ? {} : { incident: use.incident }),
  }));
}

function perToken(perMillion: string): string {
  const [whole = '0', part = ''] = perMillion.split('.');
  return `0.${whole.padStart(6, '0')}${part}`;
}
