import type { EC2Client } from '@aws-sdk/client-ec2';
import type { CloudCall, NoteCloudCall } from '../cloudCalls/cloudCall.ts';

/** Has a client's calls taken down: operation, instances, AWS' request id and what came of it. */
export function noteEc2Calls(client: EC2Client, note: NoteCloudCall): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const about = {
          provider: 'aws' as const,
          operation: `ec2:${(commandName ?? 'unknown').replace(/Command$/, '')}`,
          resource: resourceOf(args.input),
        };
        try {
          const answer = await next(args);
          await note({ ...about, ...outcomeOf(answer.output, 'ok') });
          return answer;
        } catch (error) {
          await note({ ...about, ...outcomeOf(error, nameOf(error)) });
          throw error;
        }
      },
    // Outside of the client's own retries, so that one call is one entry.
    { step: 'initialize', name: 'costguardAudit' },
  );
}

interface Answered {
  $metadata?: { requestId?: string; attempts?: number };
}

function outcomeOf(
  answer: unknown,
  outcome: string,
): Pick<CloudCall, 'requestId' | 'outcome' | 'attempts'> {
  const { requestId, attempts } = (answer as Answered).$metadata ?? {};
  return { requestId: requestId ?? null, outcome, attempts: attempts ?? 1 };
}

function resourceOf(input: object): string | null {
  const { InstanceId, InstanceIds } = input as { InstanceId?: string; InstanceIds?: string[] };
  const ids = InstanceIds ?? (InstanceId === undefined ? [] : [InstanceId]);
  return ids.length === 0 ? null : ids.join(',');
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
