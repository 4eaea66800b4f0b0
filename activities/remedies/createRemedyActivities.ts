import type { Database } from '../../db/connect.ts';
import type { ProviderClients } from '../actions/adapters.ts';
import { createFindResizeCandidate } from './findResizeCandidate.ts';

/** What the search for remedies uses; it runs where cloud resources can be read, on the task queue `actions`. */
export interface RemedyDependencies {
  db: Database;
  /** The clients of a connection. */
  clientsOf: (connectionId: string) => Promise<ProviderClients>;
}

/** The activities that look for a remedy of a finding. */
export function createRemedyActivities(dependencies: RemedyDependencies) {
  return { findResizeCandidate: createFindResizeCandidate(dependencies) };
}

/** Their types, for the workflows. */
export type RemedyActivities = ReturnType<typeof createRemedyActivities>;
