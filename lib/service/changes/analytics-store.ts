import { folderObjects } from '../../runtime/analytics/folder-objects';
import type { Objects } from '../../runtime/analytics/objects';
import type * as S3ObjectsModule from '../../runtime/analytics/s3-objects';
import type { ServiceEnvironment } from '../../runtime/environment/environment';

/** Opens the store of the projection, if the environment names one. */
export function analyticsStore({
  region,
  endpointUrl,
  analytics,
}: Pick<ServiceEnvironment, 'region' | 'endpointUrl' | 'analytics'>): Objects | undefined {
  if (analytics === undefined) return undefined;
  if (analytics.kind === 'folder') return folderObjects(analytics.path);
  // By `require`, so that S3's client is loaded only where it is used, and bundled without what is not.
  const { s3Objects } = require('../../runtime/analytics/s3-objects') as typeof S3ObjectsModule;
  return s3Objects({ ...analytics, region, endpointUrl });
}
