import { defineSearchAttributeKey } from '@temporalio/common';
import { CancellationScope, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { advance, INITIAL, type Standing } from '../core/actions/advance.ts';
import type { Failure, Move, Refusal } from '../core/actions/move.ts';
import type { ActionStatus } from '../core/contracts/action.ts';
import type { PlannedAction } from '../activities/actions/planAction.ts';
import { count } from './count.ts';
import { records } from './actionApprovalActivities.ts';

const CONNECTION = defineSearchAttributeKey('CgConnection', 'KEYWORD');
const PROVIDER = defineSearchAttributeKey('CgProvider', 'KEYWORD');
const STATUS = defineSearchAttributeKey('CgStatus', 'KEYWORD');
const RESOURCE_TYPE = defineSearchAttributeKey('CgResourceType', 'KEYWORD');
const MONTHLY_SAVING = defineSearchAttributeKey('CgMonthlySaving', 'DOUBLE');

/** Where the action stands, in the workflow, in the Temporal Web UI and, through its moves, in Postgres. */
export interface Story {
  readonly actionId: string;
  standing: () => Standing;
  status: () => ActionStatus;
  /** The move to a status, not made yet; a decision may still be refused. */
  moveTo: (status: ActionStatus, summary: string, failure?: Failure) => Move;
  /** Makes a move: from now on decisions are judged by the new status. */
  make: (move: Move) => Move;
  /** Makes a move and has it written, even when the workflow is being cancelled. */
  record: (
    status: ActionStatus,
    summary: string,
    failure?: Failure,
  ) => Promise<{ rollbackUntil: string | null }>;
  /** Tells, in the Temporal Web UI, something that is no move. */
  note: (sentence: string) => void;
  /** Notes a refused decision; it is written with the next move. */
  refuse: (refusal: Refusal) => void;
  /** Writes refusals that no move carried. */
  flush: () => Promise<void>;
  /** Makes the plan's facts searchable. */
  planned: (plan: PlannedAction) => void;
}

/** Begins the story of an action: proposed. */
export function beginStory(actionId: string): Story {
  let standing = INITIAL;
  let refusals: Refusal[] = [];
  const lines: string[] = [];
  const tell = (sentence: string) => {
    lines.push(`- ${new Date().toISOString().slice(0, 19)}Z **${standing.status}** ${sentence}`);
    setCurrentDetails(lines.join('\n'));
  };
  const takeRefusals = () => {
    const taken = refusals;
    refusals = [];
    return taken;
  };
  const story: Story = {
    actionId,
    standing: () => standing,
    status: () => standing.status,
    moveTo: (status, summary, failure) => ({
      ...advance(standing, status),
      summary,
      ...(failure && { failure }),
      refusals: takeRefusals(),
    }),
    make: (move) => {
      standing = { status: move.status, version: move.version };
      tell(move.summary);
      count('costguard_action_moves', { status: move.status });
      upsertSearchAttributes([{ key: STATUS, value: move.status }]);
      return move;
    },
    record: (status, summary, failure) => {
      const move = story.make(story.moveTo(status, summary, failure));
      return CancellationScope.nonCancellable(() => records.recordTransition({ actionId, move }));
    },
    note: tell,
    refuse: (refusal) => {
      refusals.push(refusal);
      tell(`refused ${refusal.kind} of ${refusal.decidedByName}: ${refusal.detail}`);
    },
    flush: async () => {
      while (refusals.length > 0) {
        const taken = takeRefusals();
        await CancellationScope.nonCancellable(() =>
          records.recordRefusals({ actionId, refusals: taken }),
        );
      }
    },
    planned: (plan) => {
      tell(`${plan.resourceId}: the plan is ready and waits for a decision`);
      upsertSearchAttributes([
        { key: STATUS, value: standing.status },
        { key: CONNECTION, value: plan.connectionId },
        { key: PROVIDER, value: plan.provider },
        { key: RESOURCE_TYPE, value: plan.resourceType },
        { key: MONTHLY_SAVING, value: plan.monthlySaving },
      ]);
    },
  };
  return story;
}
