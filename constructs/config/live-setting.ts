import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { liveSettingName } from '../../lib/naming';
import { assertRules, matching, type Rule } from '../validation';

/** Where the drift bot reads which values may move, and how far, without being drift: metadata of the template. */
export const LIVE_SETTINGS_METADATA = 'Holdfast::LiveSettings';

/** What a setting may hold. A value within it is governed, one outside of it is drift. */
export type LiveSettingRange =
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number }
  /** Weights by colour: JSON such as `{"blue": 100, "green": 0}`, each within the bounds. */
  | { readonly kind: 'weights'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] };

/** Properties of a {@link LiveSetting}. */
export interface LiveSettingProps {
  /** Name of the application, under which the parameter is. */
  readonly application: string;
  /** Name of the setting, such as `weights` or `floor/orders-blue`. */
  readonly name: string;
  /** What it may hold. */
  readonly range: LiveSettingRange;
}

/**
 * A value that belongs to the run time: one parameter in the Region's Parameter Store, with one owner (law 4). The
 * template declares its name and range and never its value, so that no deploy and no rollback can set it; it is born
 * once, if absent, by whoever has {@link grantBirth}.
 */
export class LiveSetting extends Construct {
  /** Name of the parameter: `/orders/live/weights`. */
  readonly parameterName: string;
  /** ARN of the parameter. */
  readonly parameterArn: string;
  private owner: iam.IPrincipal | undefined;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: LiveSettingProps) {
    super(scope, id);
    assertRules(`LiveSetting ${this.node.path}`, rulesOf(props));
    this.parameterName = liveSettingName(props.application, props.name);
    const stack = Stack.of(this);
    this.parameterArn = stack.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: this.parameterName.replace(/^\//, ''),
    });
    const metadata = stack.templateOptions.metadata ?? {};
    const declared = metadata[LIVE_SETTINGS_METADATA] as
      | Readonly<Record<string, LiveSettingRange>>
      | undefined;
    stack.templateOptions.metadata = {
      ...metadata,
      [LIVE_SETTINGS_METADATA]: { ...declared, [this.parameterName]: props.range },
    };
  }

  /** Lets `grantee` read the value. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['ssm:GetParameter']);
  }

  /** Lets `grantee` store the first value, and never another: an existing one may not be overwritten. */
  grantBirth(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['ssm:PutParameter'], { StringEquals: { 'ssm:Overwrite': 'false' } });
  }

  /**
   * Makes `owner` the one who may read and change the value.
   *
   * @throws HoldfastError `invalid-input` when somebody else owns it already
   */
  grantWrite(owner: iam.IGrantable): iam.Grant {
    if (this.owner !== undefined && this.owner !== owner.grantPrincipal) {
      throw new HoldfastError('invalid-input', `${this.parameterName} has an owner already`, [
        {
          path: this.node.path,
          received: String(owner.grantPrincipal),
          message: 'two writers of one live setting would undo each other (law 4)',
          fix: 'let the owner make the change, or give the second value a setting of its own',
        },
      ]);
    }
    this.owner = owner.grantPrincipal;
    return this.grant(owner, ['ssm:GetParameter', 'ssm:PutParameter']);
  }

  private grant(grantee: iam.IGrantable, actions: string[], conditions?: Record<string, unknown>): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.parameterArn],
      conditions: conditions as Record<string, Record<string, unknown>>,
    });
  }
}

function rulesOf({ application, name, range }: LiveSettingProps): Rule[] {
  return [
    matching(
      'application',
      application,
      /^[a-z][a-z0-9-]{2,19}$/,
      'use 3 to 20 lower-case letters, digits and hyphens',
    ),
    matching(
      'name',
      name,
      /^[a-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/,
      'use letters, digits, dots, underscores and hyphens, and one slash at the most',
    ),
    range.kind === 'oneOf'
      ? range.values.length < 2 && {
          path: 'range.values',
          received: range.values,
          message: 'a setting with fewer than two values has nothing to set',
          fix: 'name every value that it may hold',
        }
      : !(range.minimum < range.maximum) && {
          path: 'range',
          received: [range.minimum, range.maximum],
          message: 'no value lies between',
          fix: 'give a minimum below the maximum',
        },
  ];
}
