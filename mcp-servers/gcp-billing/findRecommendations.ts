import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { toFailedStatus } from '../kit/costs/toFailedStatus.ts';
import { eachOf } from './eachOf.ts';
import { PLACES_MAX } from './exportQueries.ts';
import { RECOMMENDERS, type GcpRecommendation, type RecommenderId } from './recommenders.ts';
import { COMPUTE_DAYS } from './retention.ts';
import { toRecommendation, type Place } from './toRecommendation.ts';
import { withFreeRequests } from './withFreeRequests.ts';

/** Zones with costs of Compute Engine. */
export interface ComputePlaces {
  places: readonly Place[];
  /** How many there are in all. */
  total: number;
}

/** Where recommendations are read. */
export interface RecommendationParts {
  places: (call: ConnectionCall) => Promise<Answer<ComputePlaces>>;
  recommendations: (
    place: Place & { recommender: RecommenderId },
    call: ConnectionCall,
  ) => Promise<Answer<readonly GcpRecommendation[]>>;
}

interface Outcome {
  answer?: Answer<readonly GcpRecommendation[]>;
  failure?: ToolError;
  rows: RecommendationRow[];
}

const IDS = Object.keys(RECOMMENDERS) as RecommenderId[];
// Its requests are free and a zone needs three: the limit of paid requests would end it at six zones.
const REQUESTS_MAX = PLACES_MAX * IDS.length * 2;

/**
 * What the Recommender says in the zones where the export saw costs of Compute Engine in the last 30 days: instances to
 * resize or stop, disks to delete. Zones that cannot be read are named as failed beside the others.
 *
 * @throws ToolError the first failure when nothing could be read
 */
export async function findRecommendations(
  { places, recommendations }: RecommendationParts,
  call: ConnectionCall,
): Promise<FoundList<RecommendationRow>> {
  const { value: found, asOf: placesAsOf } = await places(call);
  const asks = found.places.flatMap((place) =>
    IDS.map((recommender) => ({ ...place, recommender })),
  );
  const outcomes = await withFreeRequests(call, REQUESTS_MAX, (own) =>
    eachOf(asks, (asked) => outcomeOf(asked, own, recommendations)),
  );
  const answers = outcomes.flatMap(({ answer }) => answer ?? []);
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first && answers.length === 0) throw first;
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    asOf: answers.reduce((oldest, { asOf }) => (asOf < oldest ? asOf : oldest), placesAsOf),
    sources: [
      toSourceStatus(
        call.connectionId,
        answers.some(({ stale }) => stale),
      ),
      ...distinct(failures).map((failure) => toFailedStatus(call.connectionId, failure)),
    ],
    notes: notesOn(found, failures, asks.length),
  };
}

async function outcomeOf(
  asked: Place & { recommender: RecommenderId },
  call: ConnectionCall,
  recommendations: RecommendationParts['recommendations'],
): Promise<Outcome> {
  try {
    const answer = await recommendations(asked, call);
    const rows = answer.value.flatMap(
      (recommendation) => toRecommendation(recommendation, asked.recommender, asked) ?? [],
    );
    return { answer, rows };
  } catch (error) {
    if (!(error instanceof ToolError) || call.signal.aborted) throw error;
    return { failure: error, rows: [] };
  }
}

function notesOn(
  { places, total }: ComputePlaces,
  failures: readonly ToolError[],
  asked: number,
): string[] {
  return [
    'The Recommender is asked for Compute Engine: machine types, idle instances and idle disks.',
    ...(places.length === 0
      ? [`The export has no costs of Compute Engine in the last ${COMPUTE_DAYS} days.`]
      : []),
    ...(total > places.length
      ? [`Only the ${places.length} most expensive of ${total} zones were asked.`]
      : []),
    ...(failures.length > 0
      ? [
          `${failures.length} of ${asked} questions could not be answered. ${distinct(failures)
            .map(({ message }) => message)
            .join(' ')}`,
        ]
      : []),
  ];
}

/** One of each kind: a hundred zones without a permission are one thing to repair. */
function distinct(failures: readonly ToolError[]): ToolError[] {
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}
