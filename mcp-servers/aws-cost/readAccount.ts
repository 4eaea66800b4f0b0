import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { fromAwsError } from './fromAwsError.ts';

/** The account that the credentials belong to; free of charge. @throws ToolError as `fromAwsError` */
export async function readAccount(sts: STSClient, abortSignal: AbortSignal): Promise<string> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    if (Account === undefined) throw new TypeError('no account in the answer');
    return Account;
  } catch (error) {
    throw fromAwsError(error, 'sts:GetCallerIdentity');
  }
}
