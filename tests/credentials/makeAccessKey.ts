import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** A lasting key of a user in an account of moto's, made by the account's own role. */
export async function makeAccessKey(motoUrl: string, account: string) {
  const sts = new STSClient({
    endpoint: motoUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/x`, RoleSessionName: 'test' }),
  );
  sts.destroy();
  const iam = async (parameters: Record<string, string>): Promise<string> => {
    const scope = `${given?.AccessKeyId ?? ''}/20261126/us-east-1/iam/aws4_request`;
    const answer = await fetch(motoUrl, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        host: 'iam.amazonaws.com',
      },
      body: new URLSearchParams({ Version: '2010-05-08', UserName: 'costguard', ...parameters }),
    });
    return answer.text();
  };
  await iam({ Action: 'CreateUser' });
  const text = await iam({ Action: 'CreateAccessKey' });
  const read = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1] ?? '';
  return {
    kind: 'aws_access_key' as const,
    accessKeyId: read('AccessKeyId'),
    secretAccessKey: read('SecretAccessKey'),
  };
}
