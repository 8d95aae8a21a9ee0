import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * Outlives its stack and its replacement, and goes when the operation that creates it is rolled back. For what has a
 * name of its own or stands in for one: plain `RETAIN` would leave it behind half-born, and the next attempt would be
 * told that it already exists.
 *
 * What fills up by itself (a bucket of access logs) or has no name to collide with stays with `RETAIN`: a bucket that
 * holds an object cannot be deleted, and a rollback that fails is worse than an orphan.
 */
export const KEEP_ONCE_BORN = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
