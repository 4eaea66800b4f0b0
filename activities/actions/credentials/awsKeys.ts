import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { CredentialInput } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { fromEc2Error } from '../ec2/fromEc2Error.ts';

/** Keys for a while, as the SDK takes them. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** Keys of a stored credential; undefined for another provider's and for none. A role is assumed with the default chain. */
export function awsKeys(
  credential: CredentialInput | undefined,
): (() => Promise<AwsKeys>) | undefined {
  if (credential?.kind === 'aws_access_key') {
    const { accessKeyId, secretAccessKey } = credential;
    return () => Promise.resolve({ accessKeyId, secretAccessKey });
  }
  if (credential?.kind !== 'aws_role') return undefined;
  const { roleArn: RoleArn, externalId: ExternalId } = credential;
  const sts = new STSClient({ region: 'us-east-1', maxAttempts: 2 });
  return async () => {
    const command = new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName: 'costguard' });
    const { Credentials: given } = await sts.send(command).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'AccessDenied')
        throw fromEc2Error(error, 'AssumeRole');
      throw new CostGuardError(
        'permission_missing',
        'AWS did not let the action worker assume the connection’s role. Check that the worker has sts:AssumeRole on it, and that the role trusts the worker with this external id.',
        { cause: error },
      );
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
      throw new CostGuardError(
        'provider_answer_invalid',
        'AWS assumed the connection’s role but gave no keys for it.',
      );
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  };
}
