import type { NoticeStage } from '../actions/waitingNotices.ts';
import type { Action } from '../contracts/action.ts';
import { PROVIDER_NAMES } from '../contracts/providerNames.ts';
import { formatAmount } from '../money/formatAmount.ts';
import type { NotificationEvent, NotificationFact } from './notificationEvent.ts';

const CHANGES = { running: 'Start', stopped: 'Stop', deleted: 'Delete the disk' } as const;

/** What is told of an action that waits for a decision; `missing` is how many approvals it still needs. */
export function notificationFromAction(
  action: Omit<Action, 'temporalUrl'>,
  stage: NoticeStage,
  missing: number,
): NotificationEvent {
  const until = `${action.expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
  const what = titleOf(action);
  const isEscalation = stage === 'escalation';
  return {
    kind: 'action',
    key: `action:${action.id}:${stage}`,
    stage,
    subjectId: action.id,
    title: isEscalation ? `Still undecided: ${what}` : `Waiting for approval: ${what}`,
    text: isEscalation
      ? `This action is still undecided. It expires at ${until}, and nothing is changed then.`
      : `This action waits for a decision and expires at ${until}.`,
    severity: isEscalation ? 'high' : 'medium',
    path: `/actions/${action.id}`,
    connectionId: action.connectionId,
    provider: action.provider,
    accounts: action.plan === null ? [] : [action.plan.resource.accountId],
    facts: factsOf(action, until, missing),
  };
}

function factsOf(
  action: Omit<Action, 'temporalUrl'>,
  until: string,
  missing: number,
): NotificationFact[] {
  const { plan, expectedMonthlySaving: saving, reason } = action;
  const facts: [string, string | undefined][] = [
    [
      'Expected saving',
      saving === null
        ? 'not known'
        : `${formatAmount(saving)} a month${plan === null ? '' : ` (${plan.savingBasis})`}`,
    ],
    ['Risk', plan?.risks.join(' ')],
    ['Proposed by', action.proposedBy],
    ['Reason', reason ?? undefined],
    [
      'Approvals missing',
      missing > 1 || (plan?.approvalsNeeded ?? 1) > 1 ? `${missing}` : undefined,
    ],
    ['Expires', until],
    ['Connection', `${action.connectionName} (${PROVIDER_NAMES[action.provider]})`],
  ];
  return facts.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [{ label, value }],
  );
}

function titleOf({ plan, resourceId, target }: Pick<Action, 'plan' | 'resourceId' | 'target'>) {
  // Google's and Azure's ids are paths that end with the name.
  const name = plan?.resource.resourceName ?? resourceId.slice(resourceId.lastIndexOf('/') + 1);
  if ('instanceType' in target) return `Resize ${name} to ${target.instanceType}`;
  return 'state' in target ? `${CHANGES[target.state]} ${name}` : `Limit the API key ${name}`;
}
