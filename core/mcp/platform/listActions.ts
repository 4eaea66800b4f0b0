import { z } from 'zod';
import { ActionStatus } from '../../contracts/action.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { actionFields } from './actionFields.ts';
import { ListEnvelope } from './listEnvelope.ts';
import { platformArgument } from './platformArgument.ts';

/** Actions, newest first. */
export const listActionsContract = defineToolContract({
  name: 'list_actions',
  title: 'List actions',
  description:
    'Actions that were proposed to save money, newest first, with state and expected saving. Those with status proposed ' +
    'wait for a person; get_action shows plan and events of one.',
  input: z.strictObject({
    status: ActionStatus.optional().describe('Default: all'),
    connectionId: platformArgument.connectionId.optional().describe('Default: all connections'),
    anomalyId: platformArgument.anomalyId.optional().describe('Only those for this anomaly'),
    limit: platformArgument.limit,
    cursor: platformArgument.cursor,
  }),
  output: z.object({
    rows: z
      .array(
        brief(
          z.object(actionFields),
          'actionId, kind, status, x_Provider, connectionId, connectionName, ResourceId, RegionId, instanceType, anomalyId, reason, proposedBy, decidedBy, expectedMonthlySaving (amount, currency), createdAt, expiresAt, link',
        ),
      )
      .describe('Actions'),
    ...ListEnvelope,
  }),
});
