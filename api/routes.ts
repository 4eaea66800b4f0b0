import { createAction } from './actions/createAction.ts';
import { approveAction, cancelAction, rejectAction, rollbackAction } from './actions/decisions.ts';
import { getAction } from './actions/getAction.ts';
import { listActions } from './actions/listActions.ts';
import { createAnomaly } from './anomalies/createAnomaly.ts';
import { createFeedback } from './anomalies/createFeedback.ts';
import { getAnomaly } from './anomalies/getAnomaly.ts';
import { getAnomalySeries } from './anomalies/getAnomalySeries.ts';
import { listAnomalies } from './anomalies/listAnomalies.ts';
import { listFeedback } from './anomalies/listFeedback.ts';
import { patchAnomaly } from './anomalies/patchAnomaly.ts';
import { exportAudit } from './audit/exportAudit.ts';
import { getAuditHead } from './audit/getAuditHead.ts';
import { listAudit } from './audit/listAudit.ts';
import { reportCloudCalls } from './audit/reportCloudCalls.ts';
import { verifyAudit } from './audit/verifyAudit.ts';
import { createBudget } from './budgets/createBudget.ts';
import { deleteBudget } from './budgets/deleteBudget.ts';
import { getBudget } from './budgets/getBudget.ts';
import { listBudgets } from './budgets/listBudgets.ts';
import { patchBudget } from './budgets/patchBudget.ts';
import { backfillConnection } from './connections/backfillConnection.ts';
import { createConnection } from './connections/createConnection.ts';
import { getConnection } from './connections/getConnection.ts';
import { listConnections } from './connections/listConnections.ts';
import { patchConnection } from './connections/patchConnection.ts';
import { pollConnection } from './connections/pollConnection.ts';
import { deleteCredential } from './credentials/deleteCredential.ts';
import { getCredential } from './credentials/getCredential.ts';
import { listCredentials } from './credentials/listCredentials.ts';
import { openCredential } from './credentials/openCredential.ts';
import { putCredential } from './credentials/putCredential.ts';
import { testConnection } from './credentials/testConnection.ts';
import type { Route } from './http/route.ts';
import { getJwks } from './identity/getJwks.ts';
import { createServiceAccount } from './identity/accounts/createServiceAccount.ts';
import { deleteServiceAccount } from './identity/accounts/deleteServiceAccount.ts';
import { getServiceAccount } from './identity/accounts/getServiceAccount.ts';
import { listServiceAccounts } from './identity/accounts/listServiceAccounts.ts';
import { patchServiceAccount } from './identity/accounts/patchServiceAccount.ts';
import { replaceClientSecret } from './identity/accounts/replaceClientSecret.ts';
import { introspectToken } from './identity/introspectToken.ts';
import { issueToken } from './identity/issueToken.ts';
import { revokeToken } from './identity/revokeToken.ts';
import { rotateSigningKeys } from './identity/rotateSigningKeys.ts';
import { login } from './identity/login.ts';
import { logout } from './identity/logout.ts';
import { getMe } from './identity/me.ts';
import { changePassword } from './identity/changePassword.ts';
import { getUser } from './identity/getUser.ts';
import { backchannelLogout } from './identity/oidc/backchannelLogout.ts';
import { finishOidc } from './identity/oidc/finishOidc.ts';
import { startOidc } from './identity/oidc/startOidc.ts';
import { resetPassword } from './identity/resetPassword.ts';
import { endOtherSessions, endSession, listSessions } from './identity/sessions.ts';
import { getSignInOptions } from './identity/signInOptions.ts';
import { endUserSessions, listUserSessions } from './identity/userSessions.ts';
import { createUser, listUsers, patchUser } from './identity/users.ts';
import { createChannel } from './notifications/createChannel.ts';
import { deleteChannel } from './notifications/deleteChannel.ts';
import { getChannel } from './notifications/getChannel.ts';
import { listChannels } from './notifications/listChannels.ts';
import { listDeliveries } from './notifications/listDeliveries.ts';
import { openDelivery } from './notifications/openDelivery.ts';
import { patchChannel } from './notifications/patchChannel.ts';
import { testChannel } from './notifications/testChannel.ts';
import { listSavings } from './savings/listSavings.ts';
import { createPolicy } from './policies/createPolicy.ts';
import { deletePolicy } from './policies/deletePolicy.ts';
import { getPolicy } from './policies/getPolicy.ts';
import { listPolicies } from './policies/listPolicies.ts';
import { patchPolicy } from './policies/patchPolicy.ts';
import { previewPolicies } from './policies/previewPolicies.ts';
import { decodePayloads } from './workflows/decodePayloads.ts';
import { getHealth, getReadiness } from './system/health.ts';
import { reseed } from './system/reseed.ts';
import { streamEvents } from './system/streamEvents.ts';
import {
  createTeam,
  deleteTeam,
  getTeam,
  listTeamNames,
  listTeams,
  patchTeam,
} from './teams/teams.ts';
import { exportFocus } from './usage/exportFocus.ts';
import { getAnnotations } from './usage/getAnnotations.ts';
import { getCosts } from './usage/getCosts.ts';
import { getCostTable } from './usage/getCostTable.ts';
import { getSummary } from './usage/getSummary.ts';
import { listTagKeys } from './usage/listTagKeys.ts';
import { deleteLlmPrice } from './usage/llm/deleteLlmPrice.ts';
import { listLlmBills } from './usage/llm/listLlmBills.ts';
import { listLlmPrices } from './usage/llm/listLlmPrices.ts';
import { listUnpriced } from './usage/llm/listUnpriced.ts';
import { putLlmPrice } from './usage/llm/putLlmPrice.ts';
import { pushLlmCalls } from './usage/llm/pushLlmCalls.ts';
import { pushOtlpMetrics, pushOtlpTraces } from './usage/llm/pushOtlp.ts';
import { getLlmUsage } from './usage/llm/getLlmUsage.ts';

/** Every operation of the API. */
export const ROUTES: readonly Route[] = [
  getCosts,
  getCostTable,
  getAnnotations,
  listTagKeys,
  getSummary,
  getLlmUsage,
  exportFocus,
  listLlmPrices,
  putLlmPrice,
  deleteLlmPrice,
  listUnpriced,
  listLlmBills,
  pushLlmCalls,
  pushOtlpTraces,
  pushOtlpMetrics,
  createAnomaly,
  listAnomalies,
  getAnomaly,
  getAnomalySeries,
  patchAnomaly,
  createFeedback,
  listFeedback,
  createAction,
  listActions,
  getAction,
  approveAction,
  rejectAction,
  cancelAction,
  rollbackAction,
  listSavings,
  createPolicy,
  listPolicies,
  previewPolicies,
  getPolicy,
  patchPolicy,
  deletePolicy,
  createConnection,
  listConnections,
  getConnection,
  patchConnection,
  pollConnection,
  testConnection,
  getCredential,
  putCredential,
  deleteCredential,
  openCredential,
  listCredentials,
  backfillConnection,
  createBudget,
  listBudgets,
  getBudget,
  patchBudget,
  deleteBudget,
  createChannel,
  listChannels,
  getChannel,
  patchChannel,
  deleteChannel,
  testChannel,
  listDeliveries,
  openDelivery,
  login,
  logout,
  getMe,
  getSignInOptions,
  startOidc,
  finishOidc,
  backchannelLogout,
  changePassword,
  listSessions,
  endSession,
  endOtherSessions,
  createUser,
  listUsers,
  getUser,
  patchUser,
  resetPassword,
  listUserSessions,
  endUserSessions,
  createServiceAccount,
  listServiceAccounts,
  getServiceAccount,
  patchServiceAccount,
  deleteServiceAccount,
  replaceClientSecret,
  createTeam,
  listTeams,
  listTeamNames,
  getTeam,
  patchTeam,
  deleteTeam,
  issueToken,
  introspectToken,
  revokeToken,
  rotateSigningKeys,
  getJwks,
  listAudit,
  exportAudit,
  getAuditHead,
  verifyAudit,
  reportCloudCalls,
  streamEvents,
  decodePayloads,
  reseed,
  getHealth,
  getReadiness,
];
