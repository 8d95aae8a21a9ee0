import { sources } from './sources';

/** Names of services in IAM where they differ from those of their clients. */
const SERVICES: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'service-quotas': 'servicequotas',
};

/**
 * Adapters that no drill uses: routing controls are turned by whom `FailoverDns.grantTurn` names; drift and doctor look with
 * credentials of their own. What `createAwsCloud` is made of is none of them: a test holds that.
 */
export const OF_NO_DRILL =
  /^lib\/aws\/(routing-control|account-facts|service-level-history|trace-search|release|drift-)/;

/** Every action of IAM that the adapters of a drill call: commands and paginators that `lib/aws` imports. */
export function adapterActions(): readonly string[] {
  return [
    ...new Set(
      sources('lib/aws')
        .filter(({ file }) => !OF_NO_DRILL.test(file))
        .flatMap(({ text }) => actionsOf(text)),
    ),
  ].sort();
}

/** Commands and paginators that a source imports from an SDK client, as actions of IAM. */
export function actionsOf(text: string): readonly string[] {
  const imports = text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g);
  return [...imports].flatMap(([, imported = '', client = '']) =>
    imported
      .split(',')
      .map(name => /^\s*(?:paginate(\w+)|(\w+)Command)\s*$/.exec(name))
      .flatMap(match => (match === null ? [] : [`${SERVICES[client] ?? client}:${match[1] ?? match[2]}`])),
  );
}
