import { z } from 'zod';
import { ActionKind, ResizeCreate } from '../../contracts/action.ts';
import { MachineId, VolumeId } from '../../contracts/machine.ts';
import { ShortText } from '../../contracts/scalars.ts';
import { brief } from '../brief.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { platformArgument } from './platformArgument.ts';

const { region, target } = ResizeCreate.shape;

// The tool for keys is another one: its arguments have nothing in common with these.
const Kind = ActionKind.extract([
  'resize_instance',
  'stop_instance',
  'start_instance',
  'delete_volume',
]);

const Input = z
  .strictObject({
    kind: Kind.default('resize_instance').describe('What to do'),
    connectionId: platformArgument.connectionId,
    ResourceId: z
      .string()
      .max(400)
      .describe(
        'AWS: i-… or vol-…; Google Cloud: projects/P/zones/Z/instances/N or …/disks/N; Azure: the ARM id of the virtual machine or managed disk',
      ),
    RegionId: region.describe('Its region, as the provider writes it'),
    instanceType: target.shape.instanceType
      .optional()
      .describe('Only for resize_instance, which needs it: the type or size to get'),
    reason: brief(ShortText, 'Why, for the person who decides: the evidence, in one line'),
    anomalyId: platformArgument.anomalyId.optional().describe('Anomaly that it is for'),
    idempotencyKey: z
      .string()
      .regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 letters, digits, _ . : or -')
      .optional()
      .describe('Makes repetitions the same call; default: equal arguments do'),
  })
  .superRefine(({ kind, ResourceId, instanceType }, context) => {
    const refuse = (argument: string, message: string) =>
      context.addIssue({ code: 'custom', path: [argument], message });
    const id = (kind === 'delete_volume' ? VolumeId : MachineId).safeParse(ResourceId);
    for (const { message } of id.error?.issues ?? [])
      refuse('ResourceId', `${message} for ${kind}`);
    if (kind === 'resize_instance' && instanceType === undefined)
      refuse('instanceType', 'is needed to resize an instance');
    if (kind !== 'resize_instance' && instanceType !== undefined)
      refuse('instanceType', `does not go with ${kind}`);
  });

/** Proposes to change a machine or to delete a disk; a person decides it elsewhere. */
export const proposeActionContract = defineToolContract({
  name: 'propose_action',
  title: 'Propose an action',
  description:
    'Propose to resize, stop or start an instance, or to delete a disk that nothing uses (after a snapshot), on AWS, ' +
    'Google Cloud or Azure. Nothing is changed: a plan is made and a person, other than whoever proposed, approves or ' +
    'rejects it at the link; no tool can. The same call again answers with the same action for a day. One open action ' +
    'for each resource, on a connection in mode actions. For API keys: propose_key_limit.',
  input: Input,
  output: z.object({
    actionId: field.text('Id, for get_action'),
    kind: Kind.describe('What is proposed'),
    ResourceId: field.text('Resource'),
    instanceType: field.text('Type that it would get').nullable().describe('null: stays as it is'),
    proposedBy: field.text('In whose name'),
    expiresAt: field.instant('When it expires undecided'),
    link: field.text('Where a person decides'),
    nextStep: field.text('What happens now'),
  }),
});
