import { api, unwrap, type Schemas } from '../../client/api';

type Stage = 'waiting' | 'running' | 'stuck' | 'done' | 'ended';

/** One column of the board. */
export interface Column {
  stage: Stage;
  actions: Schemas['Action'][];
  /** Whether there are older ones that are not loaded. */
  hasMore: boolean;
}

/** The stages in the order in which an action goes through them. */
export const STAGES: Readonly<Record<Stage, string>> = {
  waiting: 'Waiting for a decision',
  running: 'Being carried out',
  stuck: 'Need a person',
  done: 'Done',
  ended: 'Ended without a change',
};

const FIRST = 20;
const ALL = 200;

/** How much of each stage the board shows; the newest come first. */
export class Board {
  #sizes = $state<Record<Stage, number>>({
    ...{ waiting: ALL, running: ALL, stuck: ALL, done: FIRST, ended: FIRST },
  });

  /** For what loads again when more is to be shown. */
  get sizes(): Readonly<Record<Stage, number>> {
    return this.#sizes;
  }

  /** Shows as many of a stage as one page can hold. */
  showAll(stage: Stage): void {
    this.#sizes[stage] = ALL;
  }

  /** All columns as they are now. @throws ApiError */
  load(): Promise<Column[]> {
    return Promise.all(
      (Object.keys(STAGES) as Stage[]).map(async (stage) => {
        const query = { stage, limit: this.#sizes[stage] };
        const { items, next_cursor } = await unwrap(
          api.GET('/api/v1/actions', { params: { query } }),
        );
        return { stage, actions: items, hasMore: next_cursor !== null };
      }),
    );
  }
}
