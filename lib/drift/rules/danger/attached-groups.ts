import type { Facts, Judged } from '../../classify/rule';
import { entriesOf, typeOf } from '../../compare/entries';
import { referencesOf } from '../../compare/references';
import { own } from '../../compare/values';
import { templatesOf } from '../../facts';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf } from '../values';
import { type Opening, openingsOf, within } from './network-rules';

const LISTS =
  /^Properties\.(?:.*\.)?(?:VpcSecurityGroupIds|SecurityGroupIds|SecurityGroups|GroupSet|VPCSecurityGroups)(?=\[|$)/;
const GROUP = 'AWS::EC2::SecurityGroup';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';

/** Security groups add up: one more lets in whomever it lets in. */
export function attachedGroups(change: ResourceChange, facts: Facts): Judged[] {
  if (change.action === 'create' || change.type === 'AWS::Lambda::Function') return [];
  const lists = new Set(change.differences.flatMap(({ path }) => LISTS.exec(path)?.[0] ?? []));
  return [...lists].flatMap((list): Judged[] => {
    const paths = change.differences.map(({ path }) => path).filter(path => path.startsWith(list));
    const [old, next] = [change.before, change.after].map(each => listOf(at(each, list)));
    const known = (old ?? []).map(canonical);
    const gained = (next ?? []).filter(each => !known.includes(canonical(each)));
    if (gained.length === 0) return [];
    const { before, after } = templatesOf(facts, change) ?? { before: undefined, after: undefined };
    const was = (old ?? []).flatMap(each => doorsOf(each, before) ?? []);
    const is = gained.map(each => doorsOf(each, after));
    if (is.some(doors => doors?.some(door => !was.some(each => within(door, each))))) {
      return [{ holds: 'yes', paths, why: 'it joins a security group that lets in more than its own did' }];
    }
    if (is.every(doors => doors !== undefined)) return [];
    return [
      {
        holds: 'perhaps',
        paths,
        why: 'it joins a security group that is not known, so whom that lets in cannot be told',
      },
    ];
  });
}

/** Whom a group of the template lets in; `undefined` for a group that is not in it. */
function doorsOf(group: Json, template: Json | undefined): readonly Opening[] | undefined {
  const resources = entriesOf(own(template, 'Resources'));
  const id = referencesOf(group)[0]?.target ?? '';
  const resource = resources.get(id);
  if (typeOf(resource) !== GROUP) return undefined;
  const separate = [...resources.values()].filter(
    each =>
      typeOf(each) === INGRESS &&
      referencesOf(at(each, 'Properties.GroupId')).some(({ target }) => target === id),
  );
  const all = [openingsOf(GROUP, resource), ...separate.map(each => openingsOf(INGRESS, each))];
  if (all.some(each => each === undefined)) return undefined;
  return all.flatMap(each => each ?? []).filter(({ direction }) => direction === 'ingress');
}
