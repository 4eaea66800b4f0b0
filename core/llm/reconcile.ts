import { sumDecimals } from '../money/money.ts';
import { LLM_METERS, type LlmMeter } from './meters.ts';

/** Which class of use; '' where the model or the kind of use is not told. */
interface UseClass {
  model: string;
  meter: LlmMeter | '';
}

/** What one class of our use comes to, USD. */
export interface PricedClass extends UseClass {
  amount: string;
  /** By how much more, were the higher rate right wherever two are open. */
  mayAdd: string;
  /** Whether some of it has no price, and is not in the amount. */
  isUnpriced: boolean;
}

/** A line of the provider's bill, USD. */
export interface BilledLine extends UseClass {
  amount: string;
  /** As the provider calls it. */
  line: string;
}

/** One class beside the provider's report, in USD. */
export interface Reconciliation extends UseClass {
  /** null where our usage has no such class, or no price for it. */
  ours: string | null;
  /** What `ours` comes to at most, where the use leaves two rates open. */
  oursMax: string | null;
  isUnpriced: boolean;
  theirs: string;
  /** What the bill has of it, by the provider's own names; none where it has nothing. */
  lines: Record<string, string>;
}

/**
 * Our priced use of a UTC day beside the provider's cost report of it, class by class. A class of ours is compared with the same
 * class of theirs, or with a wider one where the report does not tell them apart: thinking is billed as output, and some
 * lines name no model. What we price and they do not bill stands beside 0, and so does what they bill and we have
 * no use of; what our usage never counts, and what has no price at all, has nothing beside it.
 */
export function reconcile(
  ours: readonly PricedClass[],
  theirs: readonly BilledLine[],
): Reconciliation[] {
  const billed = new Set(theirs.map(classOf));
  const places = new Map<string, { ours: PricedClass[]; theirs: BilledLine[] }>();
  const placeOf = (key: string) => {
    const place = places.get(key) ?? { ours: [], theirs: [] };
    places.set(key, place);
    return place;
  };
  for (const row of theirs) placeOf(classOf(row)).theirs.push(row);
  for (const row of ours) {
    const key = widerClasses(row).find((wider) => billed.has(wider)) ?? classOf(row);
    placeOf(key).ours.push(row);
  }
  return [...places].map(([key, place]) => {
    const [model, meter] = JSON.parse(key) as [string, LlmMeter | ''];
    return { model, meter, ...compare(place.ours, place.theirs, COUNTED.has(meter)) };
  });
}

function compare(ours: PricedClass[], theirs: BilledLine[], isCounted: boolean) {
  const isUnpriced = ours.some((row) => row.isUnpriced);
  const amount = sumDecimals(ours.map((row) => row.amount));
  const hasPrice = isCounted || ours.some((row) => !row.isUnpriced || row.amount !== '0');
  const lines: Record<string, string> = {};
  for (const { line, amount: more } of theirs)
    lines[line] = sumDecimals([lines[line] ?? '0', more]);
  return {
    ours: hasPrice ? amount : null,
    oursMax: hasPrice ? sumDecimals([amount, ...ours.map((row) => row.mayAdd)]) : null,
    isUnpriced,
    theirs: sumDecimals(theirs.map((row) => row.amount)),
    lines,
  };
}

const classOf = ({ model, meter }: UseClass): string => JSON.stringify([model, meter]);

const WIDER: Partial<Record<LlmMeter, LlmMeter>> = {
  reasoning: 'output',
  output_image: 'output',
  input_image: 'input',
  cache_read_image: 'cache_read',
  cache_write_5m: 'cache_write',
  cache_write_1h: 'cache_write',
};

function widerClasses({ model, meter }: UseClass): string[] {
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
