import { GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import {
  DescribeInstancesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { CredentialInput, PermissionCheck } from '../../core/contracts/credential.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { PermissionChecks } from '../kit/credentials/accessCheck.ts';
import { checkPermission, skipped } from '../kit/credentials/checkPermission.ts';
import { awsKeys, createAwsClients, type AwsClients } from './awsClients.ts';
import { fromAwsError } from './fromAwsError.ts';

const TIMEOUT_MS = 20_000;

/** Tries a connection's permissions: those of costs by one paid request, those of actions by dry runs that change nothing. */
export const checkAwsAccess =
  (now: () => Date, region = 'us-east-1'): PermissionChecks =>
  async (credential, { withActions }, signal) => {
    const clients = createAwsClients(credential);
    const identity = await checkIdentity(clients, signal);
    // Without an identity every other request would only say the same.
    if (identity.status !== 'ok') return [identity];
    const costs = await checkCosts(clients, now(), signal);
    const actions = withActions ? await checkActions(credential, region, signal) : [];
    return [identity, costs, ...actions];
  };

/** Whether AWS takes the credentials; free. */
export const checkIdentity = ({ sts }: AwsClients, signal: AbortSignal): Promise<PermissionCheck> =>
  checkAws('sts:GetCallerIdentity', signal, (abortSignal) =>
    sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
  );

/** Whether costs can be read; one request of 0.01 USD. */
export function checkCosts(
  { explorer }: AwsClients,
  now: Date,
  signal: AbortSignal,
): Promise<PermissionCheck> {
  const today = utcDay(now);
  return checkAws('ce:GetCostAndUsage', signal, (abortSignal) =>
    explorer.send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: addDays(today, -1), End: today },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
      }),
      { abortSignal },
    ),
  );
}

/** Dry runs on an instance of the region: AWS answers whether it would have been allowed. */
async function checkActions(
  credential: CredentialInput | undefined,
  region: string,
  signal: AbortSignal,
): Promise<PermissionCheck[]> {
  const keys = awsKeys(credential);
  const ec2 = new EC2Client({
    region,
    maxAttempts: 2,
    ...(keys === undefined ? {} : { credentials: keys }),
  });
  try {
    const { check, result } = await tryAws('ec2:DescribeInstances', signal, (abortSignal) =>
      ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }), { abortSignal }),
    );
    const InstanceId = result?.Reservations?.flatMap(({ Instances = [] }) => Instances).find(
      (instance) => instance.InstanceId !== undefined,
    )?.InstanceId;
    if (InstanceId === undefined) {
      const why =
        check.status === 'ok'
          ? 'There is no instance in this region to try it on; the policy in the form has it.'
          : 'It can be tried once instances can be described.';
      return [check, ...ACT_PERMISSIONS.map((permission) => skipped(permission, why))];
    }
    const ids = { InstanceIds: [InstanceId], DryRun: true };
    const checks = [
      await checkDryRun('ec2:StopInstances', signal, (abortSignal) =>
        ec2.send(new StopInstancesCommand(ids), { abortSignal }),
      ),
      await checkDryRun('ec2:StartInstances', signal, (abortSignal) =>
        ec2.send(new StartInstancesCommand(ids), { abortSignal }),
      ),
      await checkDryRun('ec2:ModifyInstanceAttribute', signal, (abortSignal) =>
        ec2.send(
          new ModifyInstanceAttributeCommand({
            InstanceId,
            InstanceType: { Value: 't3.micro' },
            DryRun: true,
          }),
          { abortSignal },
        ),
      ),
    ];
    return [check, ...checks];
  } finally {
    ec2.destroy();
  }
}

const ACT_PERMISSIONS = [
  'ec2:StopInstances',
  'ec2:StartInstances',
  'ec2:ModifyInstanceAttribute',
] as const;

type Send<T> = (signal: AbortSignal) => Promise<T>;

/** A dry run that would have worked "fails" with DryRunOperation. */
const checkDryRun = (permission: string, signal: AbortSignal, send: Send<unknown>) =>
  checkAws(permission, signal, (abortSignal) =>
    send(abortSignal).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'DryRunOperation') return;
      throw error;
    }),
  );

const checkAws = async (permission: string, signal: AbortSignal, send: Send<unknown>) =>
  (await tryAws(permission, signal, send)).check;

const tryAws = <T>(permission: string, signal: AbortSignal, send: Send<T>) =>
  checkPermission(
    permission,
    () => send(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])),
    (error) => fromAwsError(error, permission),
  );
