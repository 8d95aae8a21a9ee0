import orders from '../../regions/examples/orders';
import { example, type Template, templatesOf } from '../stacks/example';

interface Group {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly UpdatePolicy?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** Whether a statement lets somebody store live settings, by the action or by one that covers it. */
const writesLiveSettings = ({ Action, Resource }: Statement): boolean =>
  [Action].flat().some(action => /^(\*|ssm:(\*|Put.*))$/.test(action)) &&
  /"\*"|parameter\/(\*|orders\/(\*|live))/.test(JSON.stringify(Resource));

const REGIONS = ['us-east-2', 'us-west-2'];
const born = templatesOf();
/** A release that changes all that people change between drills, and no fact of birth. */
const changed = templatesOf(
  example({
    database: { ...orders.database, instanceClass: 'db.r7g.xlarge', rpoBasis: 'bounded' },
    capacity: { ...orders.capacity, instanceType: 'm7i.xlarge' },
    recovery: { leaseSeconds: 8 },
  }),
);

const ofType = (template: Template | undefined, type: string) =>
  Object.entries(template?.Resources ?? {}).filter(([, { Type }]) => Type === type) as [string, Group][];

describe.each(REGIONS)('law 4: in %s', region => {
  const [before, after] = [born, changed].map(templates => templates[`${region}/service`]);

  test('the release does change launch templates', () => {
    const type = 'AWS::EC2::LaunchTemplate';
    expect(ofType(after, type)).toHaveLength(3);
    expect(ofType(after, type)).not.toEqual(ofType(before, type));
  });

  test('sizes of groups are told at birth, and no deploy and no rollback tells them again', () => {
    const groups = ofType(after, 'AWS::AutoScaling::AutoScalingGroup');
    expect(groups).toHaveLength(3);
    for (const [id, group] of groups) {
      const sizes = ({ MinSize, MaxSize, DesiredCapacity }: Group['Properties'] = {}) => ({
        MinSize,
        MaxSize,
        DesiredCapacity,
      });
      expect(sizes(group.Properties)).toEqual(sizes(before?.Resources[id]?.Properties));
      expect(group.Properties).not.toHaveProperty('DesiredCapacity');
      expect(group.UpdatePolicy?.AutoScalingScheduledAction?.IgnoreUnmodifiedGroupSizeProperties).toBe(true);
    }
  });

  test('the listener with the weights is not touched: its resource stays the same, byte for byte', () => {
    const type = 'AWS::ElasticLoadBalancingV2::Listener';
    expect(ofType(after, type)).toHaveLength(2);
    expect(ofType(after, type)).toEqual(ofType(before, type));
  });

  test('no template holds a live setting, which a deploy would put back', () => {
    for (const layer of ['foundation', 'network', 'data', 'service', 'operations', 'dns']) {
      const names = ofType(changed[`${region}/${layer}`], 'AWS::SSM::Parameter');
      expect(names).toEqual([]);
    }
  });

  test('the operator alone may change a live setting; the controller may store the first value of the weights', () => {
    const writers = Object.entries(changed)
      .filter(([place]) => place.startsWith(`${region}/`))
      .flatMap(([place, template]) =>
        ofType(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
          const { Statement } = Properties.PolicyDocument as { readonly Statement: readonly Statement[] };
          return Statement.filter(writesLiveSettings).map(({ Condition }) => [place, Condition ?? {}]);
        }),
      );
    expect(writers).toEqual([
      [`${region}/service`, { StringEquals: { 'ssm:Overwrite': 'false' } }],
      [`${region}/operations`, { StringEquals: { 'aws:RequestedRegion': expect.any(Array) } }],
    ]);
  });
});
