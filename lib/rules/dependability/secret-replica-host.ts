import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asList, isHidden, type Value } from '../value';

const TEXTS = ['Properties.GenerateSecretString.SecretStringTemplate', 'Properties.SecretString'];

/** A secret that several Regions read names no host. */
export const secretReplicaHost: Rule = {
  id: 'SecretReplicaHost',
  title: 'a replicated secret names no host',
  why: 'replicas are read-only copies: after a move every Region still reads the host of the Region that was lost',
  fix: 'keep the host out of the secret, without a target attachment, and find it by name in each Region',
  source: 'Amazon Aurora, global database connections; AWS Secrets Manager, replicate secrets',
  types: ['AWS::SecretsManager::Secret'],
  evaluate: (secret, template) => {
    const replicas = secret.at('Properties.ReplicaRegions');
    if (!isHidden(replicas) && asList(replicas).length === 0) return NOT_APPLICABLE;
    if (isAttached(secret, template)) return broken('Properties.ReplicaRegions');
    for (const path of TEXTS) {
      const text = secret.at(path);
      if (isHidden(text)) return unknown(path);
      if (namesHost(text)) return isHidden(replicas) ? unknown(path) : broken(path);
    }
    return COMPLIANT;
  },
};

const namesHost = (text: Value): boolean =>
  typeof text === 'string' && /"(host|hostname|endpoint|server)"\s*:/i.test(text);

/** An attachment writes host and port of the database into the secret. */
const isAttached = (secret: Resource, template: Template): boolean =>
  template
    .referrersOf(secret)
    .some(({ resource }) => resource.type === 'AWS::SecretsManager::SecretTargetAttachment');
