import { GetCostForecastCommand, type CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { sendPaid, type PaidCall } from './paidCalls.ts';
import type { ForecastRequest } from './toForecastRequest.ts';

const Amount = z.string().transform(toDecimalString).pipe(ExactDecimal);

const Forecast = z.object({
  Total: z.object({ Unit: z.string().regex(/^[A-Z]{3}$/) }),
  ForecastResultsByTime: z.array(
    z.object({
      TimePeriod: z.object({ Start: z.iso.date(), End: z.iso.date() }),
      MeanValue: Amount,
      PredictionIntervalLowerBound: Amount.optional(),
      PredictionIntervalUpperBound: Amount.optional(),
    }),
  ),
});

/** A forecast as Cost Explorer gives it, checked; amounts are exact decimals in the currency of `Total.Unit`. */
export type Forecast = z.infer<typeof Forecast>;

/** One paid GetCostForecast. @throws ToolError `UPSTREAM_FAILED` when the answer does not hold; else as `sendPaid` */
export async function readForecast(
  client: CostExplorerClient,
  budget: CallBudget,
  { request }: ForecastRequest,
  call: Omit<PaidCall, 'permission'>,
): Promise<Forecast> {
  const reply = await sendPaid({ ...call, permission: 'ce:GetCostForecast' }, budget, (options) =>
    client.send(new GetCostForecastCommand(request), options),
  );
  return parseAnswer(Forecast, reply, 'AWS left out what belongs to a forecast.');
}
