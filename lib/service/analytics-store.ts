import { folderObjects } from '../runtime/analytics/folder-objects';
import type { Objects } from '../runtime/analytics/objects';
import { s3Objects } from '../runtime/analytics/s3-objects';
import type { ServiceEnvironment } from '../runtime/environment/environment';

/** Opens the store of the projection, if the environment names one. */
export function analyticsStore({
  region,
  endpointUrl,
  analytics,
}: Pick<ServiceEnvironment, 'region' | 'endpointUrl' | 'analytics'>): Objects | undefined {
  if (analytics === undefined) return undefined;
  return analytics.kind === 'folder'
    ? folderObjects(analytics.path)
    : s3Objects({ ...analytics, region, endpointUrl });
}
