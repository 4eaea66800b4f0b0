import { ActionPage } from '../../core/contracts/action.ts';
import { Anomaly, AnomalyFeedbackList } from '../../core/contracts/anomaly.ts';
import type { z } from 'zod';
import type { explainAnomalyContract } from '../../core/mcp/platform/explainAnomaly.ts';
import type { ToolCall } from '../kit/defineTool.ts';
import type { Platform } from './platform.ts';
import { toAnomalyFields } from './tools/toAnomalyFields.ts';

const ACTIONS_MAX = 20;
const FEEDBACK_MAX = 50;

/** All that is known of an anomaly. @throws ToolError `NOT_FOUND` where there is none of this id */
export async function readExplanation(
  { api, links }: Platform,
  anomalyId: string,
  call: ToolCall,
): Promise<z.input<(typeof explainAnomalyContract)['output']>> {
  const path = `/api/v1/anomalies/${anomalyId}`;
  const query = { anomalyId, limit: ACTIONS_MAX };
  const [anomaly, feedback, actions] = await Promise.all([
    api.ask({ path, scope: 'anomalies:read', reply: Anomaly }, call),
    api.ask(
      { path: `${path}/feedback`, scope: 'anomalies:read', reply: AnomalyFeedbackList },
      call,
    ),
    api.ask({ path: '/api/v1/actions', query, scope: 'actions:read', reply: ActionPage }, call),
  ]);
  const { lower, upper, score, statusReason, statusBy } = anomaly;
  return {
    anomaly: { ...toAnomalyFields(anomaly, links), lower, upper, score, statusReason, statusBy },
    drivers: anomaly.drivers,
    members: anomaly.series.map(({ subAccountId, serviceName, regionId, skuMeter, ...part }) => ({
      SubAccountId: subAccountId,
      ServiceName: serviceName,
      RegionId: regionId,
      SkuMeter: skuMeter,
      ...part,
    })),
    attribution: anomaly.attribution,
    owners: anomaly.owners,
    feedback: feedback.items
      .slice(0, FEEDBACK_MAX)
      .map(({ status, verdict, appliesTo, until, reason, givenBy, createdAt }) => ({
        ...{ status, verdict, appliesTo, until, reason, givenBy },
        at: createdAt,
      })),
    actions: actions.items.map((action) => ({
      actionId: action.id,
      status: action.status,
      ResourceId: action.resourceId,
      instanceType: 'instanceType' in action.target ? action.target.instanceType : null,
      expectedMonthlySaving: action.expectedMonthlySaving?.amount ?? null,
      BillingCurrency: action.expectedMonthlySaving?.currency ?? null,
      link: links.action(action.id),
    })),
    notes: notesOn(feedback.items.length, actions.next_cursor !== null),
  };
}

function notesOn(feedbackCount: number, hasMoreActions: boolean): string[] {
  const notes = [];
  if (feedbackCount > FEEDBACK_MAX) {
    notes.push(`Only the newest ${FEEDBACK_MAX} of what people said are shown.`);
  }
  if (hasMoreActions) {
    notes.push(`Only the newest ${ACTIONS_MAX} actions are shown; list_actions has all.`);
  }
  return notes;
}
