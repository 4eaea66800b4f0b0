import { z } from 'zod';
import { ResizeCreate } from '../../contracts/action.ts';
import { ShortText } from '../../contracts/scalars.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { platformArgument } from './platformArgument.ts';

const { resourceId, region, target } = ResizeCreate.shape;

// The tool for keys is another one: its arguments have nothing in common with these.
const Kind = z.enum(['resize_instance']);

/** Proposes a resize; a person decides it elsewhere. */
export const proposeActionContract = defineToolContract({
  name: 'propose_action',
  title: 'Propose an action',
  description:
    'Propose to resize an EC2 instance. Nothing is changed: a plan is made and a person, other than whoever proposed, ' +
    'approves or rejects it at the link; no tool can. The same call again answers with the same action for a day. One ' +
    'open action for each resource, on a connection in mode actions.',
  input: z.strictObject({
    kind: Kind.default('resize_instance').describe('What to do'),
    connectionId: platformArgument.connectionId,
    ResourceId: resourceId.describe('Instance'),
    RegionId: region.describe('Its region'),
    instanceType: target.shape.instanceType.describe('Type to resize to'),
    reason: brief(ShortText, 'Why, for the person who decides: the evidence, in one line'),
    anomalyId: platformArgument.anomalyId.optional().describe('Anomaly that it is for'),
    idempotencyKey: z
      .string()
      .regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 letters, digits, _ . : or -')
      .optional()
      .describe('Makes repetitions the same call; default: equal arguments do'),
  }),
  output: z.object({
    actionId: field.text('Id, for get_action'),
    kind: Kind.describe('What is proposed'),
    ResourceId: field.text('Resource'),
    instanceType: field.text('Type that it would get'),
    proposedBy: field.text('In whose name'),
    expiresAt: field.instant('When it expires undecided'),
    link: field.text('Where a person decides'),
    nextStep: field.text('What happens now'),
  }),
});
