import { z } from 'zod';
import { LimitKeyCreate } from '../../contracts/action.ts';
import { ShortText } from '../../contracts/scalars.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { platformArgument } from './platformArgument.ts';
import { proposeActionContract } from './proposeAction.ts';

const { resourceId, projectId } = LimitKeyCreate.shape;

/** Proposes to limit an API key; a person decides it elsewhere. */
export const proposeKeyLimitContract = defineToolContract({
  name: 'propose_key_limit',
  title: 'Propose to limit an API key',
  description:
    'Propose to keep an API key of OpenAI or Anthropic from spending. Nothing is changed: a plan is made and a person, ' +
    'other than whoever proposed, decides at the link. Anthropic: the key is set inactive. OpenAI: the rate limits of its ' +
    'whole project are lowered, since a key cannot be paused there.',
  input: z.strictObject({
    connectionId: platformArgument.connectionId,
    ResourceId: resourceId.describe('Id of the key (x_ApiKeyId), never the key itself'),
    SubAccountId: projectId.describe('Project of the key; needed for OpenAI'),
    reason: brief(ShortText, 'Why, for the person who decides: the evidence, in one line'),
    anomalyId: platformArgument.anomalyId.optional().describe('Anomaly that it is for'),
    idempotencyKey: proposeActionContract.input.shape.idempotencyKey,
  }),
  output: z.object({
    actionId: field.text('Id, for get_action'),
    ResourceId: field.text('Key'),
    proposedBy: field.text('In whose name'),
    expiresAt: field.instant('When it expires undecided'),
    link: field.text('Where a person decides'),
    nextStep: field.text('What happens now'),
  }),
});
