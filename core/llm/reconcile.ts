import { sumDecimals } from '../money/money.ts';
import { LLM_METERS, type LlmMeter } from './meters.ts';

/** An amount of one class of use; '' where the model or the kind of use is not told. */
export interface ClassAmount {
  model: string;
  meter: LlmMeter | '';
  amount: string;
}

/** One class beside the provider's report, in USD. */
export interface Reconciliation {
  model: string;
  meter: LlmMeter | '';
  ours: string | null;
  theirs: string;
}

/**
 * Our priced use of a UTC day beside the provider's cost report of it, class by class. A class of ours is compared with the same
 * class of theirs, or with a wider one where the report does not tell them apart: thinking is billed as output, and some
 * lines name no model. What we price and they do not bill stands beside 0, and so does what they bill and we have
 * no use of; what our usage never counts has nothing beside it.
 */
export function reconcile(
  ours: readonly ClassAmount[],
  theirs: readonly ClassAmount[],
): Reconciliation[] {
  const billed = new Set(theirs.map(classOf));
  const places = new Map<string, { ours: string[]; theirs: string[] }>();
  const placeOf = (key: string) => {
    const place = places.get(key) ?? { ours: [], theirs: [] };
    places.set(key, place);
    return place;
  };
  for (const row of theirs) placeOf(classOf(row)).theirs.push(row.amount);
  for (const row of ours) {
    const key = widerClasses(row).find((wider) => billed.has(wider)) ?? classOf(row);
    placeOf(key).ours.push(row.amount);
  }
  return [...places].map(([key, amounts]) => {
    const [model, meter] = JSON.parse(key) as [string, LlmMeter | ''];
    const isCounted = amounts.ours.length > 0 || COUNTED.has(meter);
    return {
      model,
      meter,
      ours: isCounted ? sumDecimals(amounts.ours) : null,
      theirs: sumDecimals(amounts.theirs),
    };
  });
}

const classOf = ({ model, meter }: Pick<ClassAmount, 'model' | 'meter'>): string =>
  JSON.stringify([model, meter]);

const WIDER: Partial<Record<LlmMeter, LlmMeter>> = {
  reasoning: 'output',
  output_image: 'output',
  input_image: 'input',
  cache_read_image: 'cache_read',
  cache_write_5m: 'cache_write',
  cache_write_1h: 'cache_write',
};

function widerClasses({ model, meter }: ClassAmount): string[] {
  const wider = meter === '' ? undefined : WIDER[meter];
  const meters = wider === undefined ? [meter] : [meter, wider];
  return [model, ''].flatMap((name) => meters.map((kind) => classOf({ model: name, meter: kind })));
}

/** Kinds of use that the usage reports of both providers tell. */
const COUNTED: ReadonlySet<string> = new Set<LlmMeter>([
  'input',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'web_search',
]);

const NAMES: Readonly<Record<string, LlmMeter>> = {
  audio_input: 'input_audio',
  audio_output: 'output_audio',
  cached_audio_input: 'cache_read_audio',
  image_input: 'input_image',
  image_output: 'output_image',
  cached_image_input: 'cache_read_image',
  code_execution: 'code_interpreter',
};

const LINES: readonly (readonly [RegExp, LlmMeter])[] = [
  [/web search/i, 'web_search'],
  [/file search/i, 'file_search'],
  [/code interpreter|container/i, 'code_interpreter'],
  [/storage|vector store/i, 'storage'],
];

/** The kind of use that a line of a cost report bills: by its kind of token, else by its text; '' where neither tells. */
export function billedMeter(tokenType: string | null, line: string | null): LlmMeter | '' {
  const type = tokenType ?? '';
  const named = LLM_METERS.find((meter) => meter === type) ?? NAMES[type];
  return named ?? LINES.find(([pattern]) => pattern.test(line ?? ''))?.[1] ?? '';
}
