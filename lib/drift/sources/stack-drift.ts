import { HoldfastError } from '../../errors';
import { own } from '../compare/values';
import type { Comparison, Difference, Json, ResourceChange, Unchecked } from '../model';
import { fromPointer, incomplete, objectsOf, parsedValue, placeOf, textOf } from './documents';

const COMPARED = ['IN_SYNC', 'MODIFIED', 'DELETED'];
const NESTED = 'AWS::CloudFormation::Stack';

/**
 * What CloudFormation's drift detection found: the answer to `DescribeStackResourceDrifts`, and beside it, where
 * given, that to `ListStackResources` (`StackResourceSummaries`), so that what was never looked at is counted too.
 *
 * @throws HoldfastError `invalid-input` for another document
 */
export function readStackDrift(document: Json, name: string): Comparison {
  const list = own(document, 'StackResourceDrifts') ?? (Array.isArray(document) ? document : undefined);
  if (!Array.isArray(list)) {
    throw new HoldfastError('invalid-input', `cannot read ${name}`, [
      {
        path: name,
        message: 'holds no StackResourceDrifts',
        fix: 'give what `aws cloudformation describe-stack-resource-drifts` prints',
      },
    ]);
  }
  const { objects, others } = objectsOf(list);
  const stack = placeOf(own(objects[0], 'StackId'));
  const changes: ResourceChange[] = [];
  const unchecked: Unchecked[] = [];
  let checked = 0;
  for (const entry of objects) {
    const place = { ...placeOf(own(entry, 'StackId')), resource: textOf(entry, 'LogicalResourceId') };
    const status = textOf(entry, 'StackResourceDriftStatus');
    const type = textOf(entry, 'ResourceType');
    if (!COMPARED.includes(status) || type === NESTED) {
      unchecked.push({ ...place, type, source: 'stack-drift', ...reasonOf(type, status, entry) });
      continue;
    }
    checked += 1;
    if (status !== 'IN_SYNC') changes.push(changeOf(entry, { ...place, type }, status));
  }
  const here = { ...stack, resource: '-', type: '-', source: 'stack-drift' } as const;
  unchecked.push(...neverLookedAt(document, objects, stack), ...incomplete(document, others, here));
  return { checked, changes, unchecked, stacks: [stack] };
}

function reasonOf(type: string, status: string, entry: Json): Pick<Unchecked, 'why' | 'fix'> {
  if (type === NESTED) {
    return {
      why: 'a nested stack is not looked into',
      fix: 'detect drift of the nested stack and give its result too',
    };
  }
  const reason = textOf(entry, 'DriftStatusReason');
  return {
    why: `CloudFormation says ${status}${reason === '-' ? '' : `: ${reason}`}`,
    fix: 'look at the resource itself: CloudFormation does not compare it',
  };
}

function changeOf(
  entry: Json,
  place: Pick<ResourceChange, 'region' | 'stack' | 'resource' | 'type'>,
  status: string,
): ResourceChange {
  const document = (field: string): Json | undefined => {
    const properties = parsedValue(own(entry, field));
    return properties === undefined ? undefined : { Properties: properties };
  };
  const physical = textOf(entry, 'PhysicalResourceId');
  const gone = status === 'DELETED';
  return {
    ...{ ...place, source: 'stack-drift', action: gone ? 'delete' : 'update' },
    before: document('ExpectedProperties'),
    after: gone ? undefined : document('ActualProperties'),
    differences: gone ? [] : objectsOf(own(entry, 'PropertyDifferences')).objects.map(differenceOf),
    ...(physical === '-' ? {} : { physicalId: physical }),
  };
}

function differenceOf(entry: Json): Difference {
  const kind = textOf(entry, 'DifferenceType');
  const path = fromPointer(`/Properties${textOf(entry, 'PropertyPath')}`);
  return {
    path,
    before: kind === 'ADD' ? undefined : parsedValue(own(entry, 'ExpectedValue')),
    after: kind === 'REMOVE' ? undefined : parsedValue(own(entry, 'ActualValue')),
  };
}

function neverLookedAt(
  document: Json,
  drifts: readonly Json[],
  stack: { readonly region: string; readonly stack: string },
): readonly Unchecked[] {
  const seen = new Set(drifts.map(each => textOf(each, 'LogicalResourceId')));
  return objectsOf(own(document, 'StackResourceSummaries'))
    .objects.filter(each => !seen.has(textOf(each, 'LogicalResourceId')))
    .map(each => {
      const type = textOf(each, 'ResourceType');
      const place = {
        ...stack,
        resource: textOf(each, 'LogicalResourceId'),
        type,
        source: 'stack-drift',
      } as const;
      return { ...place, ...reasonOf(type, 'NOT_CHECKED', each) };
    });
}
