import { EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CostGuardError } from '../../../core/errors.ts';
import type { NoteCloudCall } from '../cloudCalls/cloudCall.ts';
import type { AwsKeys } from '../credentials/awsKeys.ts';
import { fromEc2Error } from './fromEc2Error.ts';
import { noteEc2Calls } from './noteEc2Calls.ts';

/**
 * Two clients for one region. Reads repeat once by themselves. A call that changes something is sent once: when its
 * reply is lost, its effect is read from the provider, never repeated blindly.
 */
export interface Ec2 {
  read: EC2Client;
  act: EC2Client;
  /**
   * The account that the credentials belong to; EC2 does not say whose a volume is.
   *
   * @throws CostGuardError as `fromEc2Error`
   */
  account: () => Promise<string>;
}

/** Gives the clients for a region. */
export type Ec2For = (region: string) => Ec2;

const REQUEST_TIMEOUT_MS = 20_000;

interface Ec2Options {
  /** Takes each call down; none without it. */
  note?: NoteCloudCall;
  requestTimeoutMs?: number;
  /** Default: what the SDK finds by itself. */
  credentials?: () => Promise<AwsKeys>;
}

/**
 * Makes clients with the given credentials, or those that the AWS SDK finds by itself (its own environment variables,
 * profile or role), and the endpoint of `AWS_ENDPOINT_URL`, one pair for each region. A request without an answer is given up after
 * `requestTimeoutMs`, default 20,000.
 */
export function createEc2For({
  note,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
  credentials,
}: Ec2Options = {}): {
  ec2For: Ec2For;
  close: () => void;
} {
  const clients = new Map<string, Ec2>();
  const account = createAccountReader(requestTimeoutMs, credentials);
  const client = (region: string, maxAttempts: number) => {
    const made = new EC2Client({
      region,
      maxAttempts,
      ...(credentials === undefined ? {} : { credentials }),
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: requestTimeoutMs,
        // Without this the SDK only warns, and waits for ever.
        throwOnRequestTimeout: true,
      },
    });
    if (note !== undefined) noteEc2Calls(made, note);
    return made;
  };
  return {
    ec2For: (region) => {
      const known = clients.get(region);
      if (known !== undefined) return known;
      const made = { read: client(region, 2), act: client(region, 1), account: account.read };
      clients.set(region, made);
      return made;
    },
    close: () => {
      for (const { read, act } of clients.values()) {
        read.destroy();
        act.destroy();
      }
      account.close();
    },
  };
}

/** Asks once; the credentials of a client are of one account for good. */
function createAccountReader(requestTimeout: number, credentials: Ec2Options['credentials']) {
  // The account is the same in every region.
  const sts = new STSClient({
    region: 'us-east-1',
    maxAttempts: 2,
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout, throwOnRequestTimeout: true },
  });
  let known: string | undefined;
  return {
    read: async () => {
      known ??= await sts.send(new GetCallerIdentityCommand({})).then(
        ({ Account }) => Account,
        (error: unknown) => {
          throw fromEc2Error(error, 'GetCallerIdentity');
        },
      );
      if (known !== undefined) return known;
      throw new CostGuardError(
        'provider_answer_invalid',
        'AWS did not say whose the credentials of the action worker are.',
      );
    },
    close: () => {
      sts.destroy();
    },
  };
}
