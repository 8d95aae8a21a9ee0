/** Releases: a new build in small steps, Region by Region, watched, and always reversible. */
export { AWS_PERIOD_SECONDS, planRelease, servingColour } from './plan-release';
export { type BudgetView, type ReleaseCheck, releaseChecks } from './preflight-release';
export type { ReleaseOptions, ReleaseStrategy } from './settings';
export {
  beginPlanned,
  preflightRelease,
  type ReleaseContext,
  type ReleasePreflight,
  type ReleaseRequest,
} from './start-release';
