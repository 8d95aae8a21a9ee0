import { CfnResource, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { HoldfastError } from '../../lib/errors';

/** Shortest reason that can be one: long enough that "n/a" and "false positive" do not pass. */
const SHORTEST_REASON = 20;

/**
 * Acknowledges one finding of a policy pack on one construct, with the reason. The id is the whole id of a finding
 * (`AwsSolutions-IAM5[Resource::*]`, not `AwsSolutions-IAM5`), so that nothing else is hidden with it.
 *
 * @throws HoldfastError `invalid-input` when the reason says nothing, or the construct is not one resource or the
 * owner of a few: an acknowledgement on a stack or an app would be blanket
 */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  const problems = [
    ...(reason.trim().length < SHORTEST_REASON
      ? [
          {
            path: 'reason',
            received: reason,
            message: 'too short to be a reason',
            fix: 'say why it is safe here',
          },
        ]
      : []),
    ...(isBlanket(scope)
      ? [
          {
            path: 'scope',
            received: scope.node.path,
            message: 'an acknowledgement on a stack, stage or app hides findings nobody has seen',
            fix: 'acknowledge on the construct that has the finding',
          },
        ]
      : []),
  ];
  if (problems.length > 0) {
    throw new HoldfastError('invalid-input', `acknowledgement of ${id} is refused`, problems);
  }
  Validations.of(scope).acknowledge({ id, reason });
}

/** One acknowledgement, as found on a construct. */
export interface Acknowledgement {
  /** Whole id of the finding. */
  readonly rule: string;
  /** Path of the construct that carries it. */
  readonly path: string;
  readonly reason: string;
}

/** Every acknowledgement below `root`, in the order of the tree. */
export function acknowledgements(root: IConstruct): readonly Acknowledgement[] {
  return root.node.findAll().flatMap(construct =>
    construct.node.metadata
      .filter(entry => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(entry =>
        Object.entries(entry.data as Readonly<Record<string, string>>).map(([id, reason]) => ({
          rule: id.replace(/^annotation::/i, ''),
          path: construct.node.path,
          reason,
        })),
      ),
  );
}

function isBlanket(scope: IConstruct): boolean {
  return scope.node.scope === undefined || (!CfnResource.isCfnResource(scope) && isContainer(scope));
}

function isContainer(scope: IConstruct): boolean {
  return 'stackName' in scope || 'stageName' in scope;
}
