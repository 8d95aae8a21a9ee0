import type { EnvironmentReader } from './environment-reader';

/** Where the files of the analytics projection go. */
export type AnalyticsStore =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Variable that names the store: `s3://bucket/prefix`, or `folder:/path`. */
export const ANALYTICS_STORE = 'HOLDFAST_ANALYTICS_STORE';

/** Reads the store of the analytics projection; undefined where there is none. */
export function analyticsPart(reader: EnvironmentReader): AnalyticsStore | undefined {
  if (reader.optional(ANALYTICS_STORE) === undefined) return undefined;
  const shape = 's3://bucket/prefix, or folder:/absolute/path';
  const pattern = /^(?:s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^/].*?))?\/?|folder:(\/.+))$/;
  const [bucket, prefix, path] = reader.groups(ANALYTICS_STORE, pattern, shape);
  if (path !== undefined) return { kind: 'folder', path };
  return { kind: 's3', bucket: bucket ?? '', prefix: prefix ?? '' };
}
