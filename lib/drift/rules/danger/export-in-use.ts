import type { DriftRule, Facts } from '../../classify/rule';
import { intrinsicOf, isObject, own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { exportName, namesExport } from './export-name';

const STEPS =
  'two deploys: first the stacks that read it go without, and the value stays exported (`exportValue`); then the export goes';

/** CloudFormation refuses to change or remove an export that another stack reads. */
export const exportInUse: DriftRule = {
  id: 'export-in-use',
  class: 'danger',
  title: 'an export changes or goes that another stack still reads',
  why: 'CloudFormation refuses to change or remove an export while a stack reads it: the deploy fails, and neither stack can move',
  fix: STEPS,
  source: 'aws/aws-cdk#34813; aws/aws-cdk#31105',
  judge: (change, { facts }) => {
    for (const { key, what } of exportsLost(change)) {
      const { sure, unsure } = readersOf(facts, change, key);
      if (sure !== undefined)
        return { holds: 'yes', why: `${sure} still reads the export ${what}`, ...pathsOf(change) };
      if (unsure !== undefined)
        return { holds: 'perhaps', why: `${unsure} may read the export ${what}`, ...pathsOf(change) };
    }
    return undefined;
  },
};

const pathsOf = (change: ResourceChange): { paths?: readonly string[] } =>
  change.differences.length === 0 ? {} : { paths: change.differences.map(({ path }) => path) };

const CDK_WRITER = 'Custom::CrossRegionExportWriter';
const CDK_READER = 'Custom::CrossRegionExportReader';

interface Export {
  /** As the reader names it. */
  readonly key: string;
  readonly what: string;
}

/** Exports that are gone or have another value. */
function exportsLost(change: ResourceChange): readonly Export[] {
  if (change.type === 'Outputs') {
    const name = at(change.before, 'Export.Name');
    if (name === undefined) return [];
    const same =
      canonical(name) === canonical(at(change.after, 'Export.Name')) &&
      canonical(own(change.before, 'Value')) === canonical(own(change.after, 'Value'));
    const key = exportName(name, change);
    return same ? [] : [{ key, what: key.replaceAll('\u0000', '*') }];
  }
  if (change.type !== CDK_WRITER) return [];
  const [before, after] = [change.before, change.after].map(each =>
    at(each, 'Properties.WriterProps.exports'),
  );
  return Object.keys(isObject(before) ? before : {})
    .filter(name => canonical(own(before, name)) !== canonical(own(after, name)))
    .map(name => ({ key: name, what: name }));
}

/** Stacks of the run that read an export, as they are deployed now, for certain or perhaps. */
function readersOf(
  facts: Facts,
  change: ResourceChange,
  key: string,
): { readonly sure?: string; readonly unsure?: string } {
  const ofCdk = change.type === CDK_WRITER;
  const found = (facts.templates ?? []).flatMap(({ region, stack, before }) => {
    if (before === undefined || (region === change.region && stack === change.stack)) return [];
    // An export is seen in its own Region alone; the CDK's writer puts a value into another one.
    if (!ofCdk && region !== change.region) return [];
    const reads = ofCdk
      ? [readsParameter(before, key) ? 'yes' : 'no']
      : importsOf(own(before, 'Resources')).map(each =>
          namesExport(exportName(each, { region, stack }), key),
        );
    return reads.map(read => ({ read, reader: `${stack} (${region})` }));
  });
  const of = (wanted: string) => found.find(({ read }) => read === wanted)?.reader;
  const [sure, unsure] = [of('yes'), of('perhaps')];
  return { ...(sure === undefined ? {} : { sure }), ...(unsure === undefined ? {} : { unsure }) };
}

/** Names of exports that a part of a template imports. */
function importsOf(value: Json | undefined): readonly Json[] {
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.[0] === 'Fn::ImportValue') return [intrinsic[1]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(each => importsOf(each));
}

function readsParameter(template: Json, name: string): boolean {
  const resources = own(template, 'Resources');
  return Object.values(isObject(resources) ? resources : {}).some(
    resource =>
      own(resource, 'Type') === CDK_READER &&
      own(at(resource, 'Properties.ReaderProps.imports'), name) !== undefined,
  );
}
