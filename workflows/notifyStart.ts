import { DETECTIVE_TASK_QUEUE } from './detectiveSchedule.ts';

/** The workflow that the sending of one message is. */
export const NOTIFY_WORKFLOW_TYPE = 'notify';

/** What it is started with; what the message says stays in Postgres. */
export interface NotifyInput {
  deliveryId: string;
}

/** What a message is told apart by: one event is one message on one channel. */
export interface NotifySubject {
  id: string;
  eventKey: string;
  channelId: string;
}

/** The id of the workflow that sends a message: `notify-anomaly:<id>-<channelId>`. */
export const notifyWorkflowId = ({ eventKey, channelId }: NotifySubject): string =>
  `notify-${eventKey}-${channelId}`;

/**
 * The options to start it with: started twice, by two workers, it is still one workflow, and one that has closed is never
 * started again.
 */
export function notifyStartOptions(subject: NotifySubject, taskQueue = DETECTIVE_TASK_QUEUE) {
  return {
    taskQueue,
    workflowId: notifyWorkflowId(subject),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ deliveryId: subject.id }] as [NotifyInput],
  } as const;
}
