import { HoldfastError } from '../../errors';
import { differencesOf } from '../compare/differences';
import { topPropertyOf, withReplacement } from '../compare/replacement-of';
import { isObject, own } from '../compare/values';
import type { Action, Comparison, Difference, Json, ResourceChange, Unchecked } from '../model';
import { fromPointer, incomplete, objectsOf, parsedValue, placeOf, textOf } from './documents';

const NOTHING = /didn't contain changes|no updates are to be performed/i;
const KNOWN_LATER = '{{changeSet:KNOWN_AFTER_APPLY}}';

/**
 * What a change set would do: the answer to `DescribeChangeSet`, best with `--include-property-values`.
 *
 * @throws HoldfastError `invalid-input` for another document
 */
export function readChangeSet(document: Json, name: string): Comparison {
  const list = own(document, 'Changes');
  if (!Array.isArray(list) && own(document, 'ChangeSetId') === undefined) {
    throw new HoldfastError('invalid-input', `cannot read ${name}`, [
      {
        path: name,
        message: 'holds no Changes',
        fix: 'give what `aws cloudformation describe-change-set` prints',
      },
    ]);
  }
  const known = placeOf(own(document, 'StackId'));
  const named = textOf(document, 'StackName');
  const stack = { region: known.region, stack: named === '-' ? known.stack : named };
  const { objects, others } = objectsOf(list);
  const resources = objects.flatMap(each => {
    const change = own(each, 'ResourceChange');
    return isObject(change) ? [change as Json] : [];
  });
  const here = { ...stack, resource: '-', type: '-', source: 'change-set' } as const;
  const unchecked: Unchecked[] = [
    ...incomplete(document, others + objects.length - resources.length, here),
    ...unfinished(document).map(each => ({ ...here, ...each })),
    ...resources.flatMap(each => nested(each, stack)),
  ];
  const changes = resources.map(each => changeOf(each, stack));
  const checked = resources.length - resources.filter(isNested).length;
  return { checked, changes, unchecked, stacks: [stack] };
}

/** A change set that is not there to the end says nothing of what is missing. */
function unfinished(document: Json): readonly Pick<Unchecked, 'why' | 'fix'>[] {
  const status = textOf(document, 'Status');
  const reason = textOf(document, 'StatusReason');
  if (['CREATE_COMPLETE', '-'].includes(status) || (status === 'FAILED' && NOTHING.test(reason))) return [];
  const why = `the change set is ${status}${reason === '-' ? '' : `: ${reason}`}`;
  return [{ why, fix: 'make the change set anew, and describe it when it is complete' }];
}

const isNested = (change: Json): boolean => textOf(change, 'ResourceType') === 'AWS::CloudFormation::Stack';

function nested(
  change: Json,
  stack: { readonly region: string; readonly stack: string },
): readonly Unchecked[] {
  if (!isNested(change)) return [];
  const place = { ...stack, resource: textOf(change, 'LogicalResourceId'), source: 'change-set' } as const;
  const why = 'a nested stack has a change set of its own';
  return [{ ...place, type: textOf(change, 'ResourceType'), why, fix: 'give that change set too' }];
}

function changeOf(change: Json, stack: { readonly region: string; readonly stack: string }): ResourceChange {
  const type = textOf(change, 'ResourceType');
  const [before, after] = ['BeforeContext', 'AfterContext'].map(field => parsedValue(own(change, field)));
  const physical = textOf(change, 'PhysicalResourceId');
  const action = actionOf(change);
  return {
    ...{ ...stack, resource: textOf(change, 'LogicalResourceId'), type, source: 'change-set', action },
    ...{ before, after },
    differences: ['create', 'delete', 'forget'].includes(action)
      ? []
      : differences(change, type, before, after),
    ...(physical === '-' ? {} : { physicalId: physical }),
  };
}

function actionOf(change: Json): Action {
  const policy = textOf(change, 'PolicyAction');
  switch (textOf(change, 'Action')) {
    case 'Add':
      return 'create';
    case 'Import':
      return 'import';
    case 'Remove':
      return policy === 'Retain' ? 'forget' : 'delete';
    case 'Modify': {
      const replacement = textOf(change, 'Replacement');
      if (replacement === 'True' || policy.startsWith('Replace')) return 'replace';
      return replacement === 'Conditional' ? 'may-replace' : 'update';
    }
    default:
      return 'unrecognized';
  }
}

/** Values from the contexts, where the change set has them; what else it names, from its details. */
function differences(
  change: Json,
  type: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly Difference[] {
  const details = objectsOf(own(change, 'Details')).objects.flatMap(detailOf);
  const byValue = isObject(before) && isObject(after) ? differencesOf(before, after) : [];
  const found = new Map<string, Difference>();
  for (const each of withReplacement(type, byValue)) {
    const isLater = JSON.stringify(each.after)?.includes(KNOWN_LATER) === true;
    found.set(each.path, isLater ? { ...each, after: undefined, unknownAfter: true } : each);
  }
  for (const detail of details) {
    const top = topPropertyOf(detail.path) || detail.path;
    const same = [...found.values()].filter(each => (topPropertyOf(each.path) || each.path) === top);
    if (same.length === 0) found.set(detail.path, detail);
    else for (const each of same) found.set(each.path, graver(each, detail));
  }
  return [...found.values()];
}

/** The change set knows what a change does; so does the schema. The graver word counts. */
function graver(one: Difference, other: Difference): Difference {
  const order = ['no', 'perhaps', 'yes'] as const;
  const [a, b] = [one, other].map(each => order.indexOf(each.replaces ?? 'no')) as [number, number];
  return b > a ? { ...one, replaces: order[b] ?? 'no' } : one;
}

function detailOf(detail: Json): readonly Difference[] {
  const target = own(detail, 'Target');
  if (!isObject(target)) return [];
  const [attribute, name, pointer] = [
    textOf(target, 'Attribute'),
    textOf(target, 'Name'),
    textOf(target, 'Path'),
  ];
  const plain = name === '-' ? attribute : `${attribute}.${name}`;
  const [before, after] = [own(target, 'BeforeValue'), own(target, 'AfterValue')];
  const later = after === KNOWN_LATER || (after === undefined && textOf(detail, 'Evaluation') === 'Dynamic');
  const recreation = textOf(target, 'RequiresRecreation');
  const replaces =
    recreation === 'Always' ? (later ? 'perhaps' : 'yes') : recreation === 'Conditionally' ? 'perhaps' : 'no';
  return [
    {
      path: pointer.startsWith('/') ? fromPointer(pointer) : plain,
      before: parsedValue(before),
      after: later ? undefined : parsedValue(after),
      ...(later ? { unknownAfter: true } : {}),
      ...(replaces === 'no' ? {} : { replaces }),
    },
  ];
}
