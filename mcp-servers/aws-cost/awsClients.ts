import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import { fromAwsError } from './fromAwsError.ts';

/** The AWS APIs with one credential. */
export interface AwsClients {
  explorer: CostExplorerClient;
  sts: STSClient;
}

/** Keys for a while, as the SDK takes them. */
interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** What the SDK asks for keys; undefined means its own default chain. */
export type AwsKeySource = (() => Promise<AwsKeys>) | undefined;

const CLIENT = {
  // Cost Explorer has one endpoint, in us-east-1; AWS_ENDPOINT_URL, which the SDK reads by itself, replaces it.
  region: 'us-east-1',
  // The budget counts every attempt, so the SDK may try only once more.
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 },
};

/** Clients with a stored credential, or with the SDK's default chain. */
export function createAwsClients(credential?: CredentialInput): AwsClients {
  const keys = awsKeys(credential);
  const settings = { ...CLIENT, ...(keys === undefined ? {} : { credentials: keys }) };
  return { explorer: new CostExplorerClient(settings), sts: new STSClient(settings) };
}

/** Keys of a stored credential. A role is assumed with the default chain; the SDK asks again before its keys end. */
export function awsKeys(credential: CredentialInput | undefined): AwsKeySource {
  if (credential === undefined) return undefined;
  switch (credential.kind) {
    case 'aws_access_key': {
      const { accessKeyId, secretAccessKey } = credential;
      return () => Promise.resolve({ accessKeyId, secretAccessKey });
    }
    case 'aws_role': {
      const { roleArn, externalId } = credential;
      const sts = new STSClient(CLIENT);
      return () => assumeRole(sts, roleArn, externalId);
    }
    default:
      throw new TypeError(`a credential of another provider: ${credential.kind}`);
  }
}

async function assumeRole(sts: STSClient, RoleArn: string, ExternalId: string): Promise<AwsKeys> {
  const command = new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName: 'costguard' });
  const { Credentials: given } = await sts.send(command).catch((error: unknown) => {
    throw fromAwsError(error, 'sts:AssumeRole');
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw fromAwsError(new TypeError('no keys in the answer'), 'sts:AssumeRole');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}
