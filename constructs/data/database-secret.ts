import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { engineOf } from './database-engine';
import type { GlobalDatabaseProps } from './global-database-props';

/**
 * Break-glass credentials of the seed. They name no host, in the secret and so in its replicas: the writer moves and
 * a replica cannot be corrected (Secrets Manager replicas are read-only).
 */
export function addBreakGlassSecret(scope: Construct, props: GlobalDatabaseProps): Secret {
  const username = props.member.masterUsername ?? engineOf(props).masterUsername;
  const secret = new Secret(scope, 'BreakGlass', {
    description: `Break-glass credentials of ${props.globalClusterIdentifier}; they name no host, since the writer moves`,
    encryptionKey: props.encryptionKey,
    removalPolicy: KEEP_ONCE_BORN,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: 'password',
      passwordLength: 40,
      excludePunctuation: true,
    },
  });
  const replicas = props.member.kind === 'seed' ? (props.member.secretReplicas ?? []) : [];
  if (replicas.length > 0) {
    // The L2 takes a key only as an object of this app, which would be a reference to another Region (aws-cdk #29819).
    (secret.node.defaultChild as CfnSecret).replicaRegions = replicas.map(({ region, keyAlias }) => ({
      region,
      kmsKeyId: keyAlias,
    }));
  }
  acknowledge(
    secret,
    'AwsSolutions-SMG4',
    'Clients sign in by IAM. A rotation function would fail while the writer is in another Region; the runbook rotates after each use.',
  );
  return secret;
}
