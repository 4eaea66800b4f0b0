import type { Database } from '../../db/connect.ts';
import type { Ec2For } from '../actions/ec2/createEc2For.ts';
import { createFindResizeCandidate } from './findResizeCandidate.ts';

/** What the search for remedies uses; it runs where cloud resources can be read, on the task queue `actions`. */
export interface RemedyDependencies {
  db: Database;
  ec2For: Ec2For;
}

/** The activities that look for a remedy of a finding. */
export function createRemedyActivities(dependencies: RemedyDependencies) {
  return { findResizeCandidate: createFindResizeCandidate(dependencies) };
}

/** Their types, for the workflows. */
export type RemedyActivities = ReturnType<typeof createRemedyActivities>;
