const NAMES: Record<string, string> = {
  SubAccountId: 'Account',
  ServiceName: 'Service',
  RegionId: 'Region',
  SkuMeter: 'Usage type',
  ResourceId: 'Resource',
  x_ApiKeyId: 'API key',
  x_Model: 'Model',
  x_UserTag: 'User tag',
};

const LLM_NAMES: Record<string, string> = {
  SubAccountId: 'Project',
  SkuMeter: 'Model',
  ResourceId: 'API key',
};

/** What a FOCUS dimension is called on the page; language models bill projects, models and keys. */
export function dimensionName(dimension: string, provider: string): string {
  const isLlm = provider === 'openai' || provider === 'anthropic';
  return (isLlm ? LLM_NAMES[dimension] : undefined) ?? NAMES[dimension] ?? dimension;
}
