/** Where people see things in the dashboard. */
export interface DashboardLinks {
  anomaly(id: string): string;
  action(id: string): string;
}

/** Links into the dashboard at an address without a trailing slash. */
export const dashboardLinks = (dashboardUrl: string): DashboardLinks => ({
  anomaly: (id) => `${dashboardUrl}/anomalies/${id}`,
  action: (id) => `${dashboardUrl}/actions/${id}`,
});
