import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { ObjectStoreProps } from './object-store-props';

const BUCKET = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const BUCKET_FIX = 'take it from lib/naming: 3 to 63 lower-case letters, digits and hyphens';

/**
 * @param construct class name and path
 * @param region Region of the stack, where it is known
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateObjectStore(construct: string, props: ObjectStoreProps, region?: string): void {
  const { peers } = props;
  const names = [props.bucketName, ...peers.map(peer => peer.bucketName)];
  assertRules(construct, [
    matching('bucketName', props.bucketName, BUCKET, BUCKET_FIX),
    wholeNumber(
      'noncurrentVersionRetention (days)',
      props.noncurrentVersionRetention?.toDays() ?? 90,
      1,
      3650,
    ),
    wholeNumber(
      'replicationLatencyAlarm (minutes)',
      props.replicationLatencyAlarm?.toMinutes() ?? 15,
      1,
      1440,
    ),
    peers.length === 0 && {
      path: 'peers',
      received: peers,
      message: 'a store in one Region is lost with it',
      fix: 'name the bucket of another Region',
    },
    new Set(names).size !== names.length && {
      path: 'peers',
      received: names,
      message: 'a bucket is named twice',
      fix: 'give every Region a bucket of its own name',
    },
    ...peers.flatMap((peer, index) => [
      matching(`peers[${index}].bucketName`, peer.bucketName, BUCKET, BUCKET_FIX),
      peer.region === region && {
        path: `peers[${index}].region`,
        received: peer.region,
        message: 'is the Region of this stack',
        fix: 'name other Regions only',
      },
      keyRule(`peers[${index}].encryptionKeyArn`, peer.encryptionKeyArn, props.encryptionKey !== undefined),
    ]),
  ]);
}

function keyRule(path: string, received: string | undefined, keyed: boolean): Rule {
  if ((received !== undefined) !== keyed) {
    return {
      path,
      received,
      message: 'either every Region has a key of its own, or none has',
      fix: 'give encryptionKey and encryptionKeyArn of every peer, or leave all of them out',
    };
  }
  if (received === undefined) return undefined;
  return matching(
    path,
    received,
    /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/,
    'give the ARN of the key, not of an alias',
  );
}
