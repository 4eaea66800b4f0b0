import type { PlatformApi } from './access/platformApi.ts';
import type { DashboardLinks } from './dashboardLinks.ts';

/** What the tools work with. */
export interface Platform {
  api: PlatformApi;
  links: DashboardLinks;
}
