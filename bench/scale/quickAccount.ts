import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../cli/demo/forward.ts';
import { addDays } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import { ACCOUNT_ID, METER, meterCost, serviceName } from './meterCost.ts';

interface Span {
  Start: string;
  End: string;
}

/** A fake AWS account that answers at once. */
export interface QuickAccount {
  url: string;
  close: () => Promise<void>;
}

/**
 * A fake of the Cost Explorer and of STS, for nothing but load: thousands of answers a minute, where moto's queue of
 * answers would be the slowest part. Shapes as in the API reference; every day has the same `services`.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export async function startQuickAccount(services: number): Promise<QuickAccount> {
  const server = createServer((incoming, outgoing) => {
    void readBody(incoming).then((body) => {
      const target = incoming.headers['x-amz-target']?.toString() ?? '';
      if (target.endsWith('GetCostAndUsage')) {
        const { GroupBy, TimePeriod } = JSON.parse(body) as {
          GroupBy: unknown[];
          TimePeriod: Span;
        };
        const answer = GroupBy.length === 1 ? accounts(TimePeriod) : costs(TimePeriod, services);
        outgoing
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(answer));
      } else if (target === '') {
        outgoing.writeHead(200, { 'content-type': 'text/xml' }).end(CALLER);
      } else {
        outgoing
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify({ RightsizingRecommendations: [] }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function costs({ Start, End }: Span, services: number) {
  const days: string[] = [];
  for (let day = Start; day < End; day = addDays(day, 1)) days.push(day);
  return answerOf(
    days.map((day) => ({
      span: { Start: day, End: addDays(day, 1) },
      groups: Array.from({ length: services }, (_, service) =>
        group([serviceName(service), METER], meterCost(service, day)),
      ),
    })),
  );
}

function accounts({ Start, End }: Span) {
  const months = [];
  for (let from = Start; from < End;) {
    const next = addMonths(firstOfMonth(from), 1);
    const span = { Start: from, End: next < End ? next : End };
    months.push({ span, groups: [group([ACCOUNT_ID], '1')] });
    from = next;
  }
  return answerOf(months);
}

const answerOf = (spans: readonly { span: Span; groups: unknown[] }[]) => ({
  ResultsByTime: spans.map(({ span, groups }) => ({
    TimePeriod: span,
    Estimated: false,
    Total: {},
    Groups: groups,
  })),
  DimensionValueAttributes: [],
});

function group(keys: string[], amount: string) {
  const cost = { Amount: amount, Unit: 'USD' };
  const quantity = { Amount: '24', Unit: 'Hrs' };
  return {
    Keys: keys,
    Metrics: {
      ...{ UnblendedCost: cost, AmortizedCost: cost, NetAmortizedCost: cost },
      UsageQuantity: quantity,
    },
  };
}

const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:sts::${ACCOUNT_ID}:user/bench</Arn><UserId>AIDA</UserId><Account>${ACCOUNT_ID}</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
