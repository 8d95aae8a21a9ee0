import path from 'node:path';
import { HoldfastError } from '../errors';
import { compareRegions } from './parity/compare-regions';
import { readJsonFile } from './read-json';
import type { DriftSource } from './run';
import { compareAssembly } from './sources/assembly';
import { readChangeSet } from './sources/change-set';
import { readStackDrift } from './sources/stack-drift';
import { compareTemplateFiles } from './sources/templates';
import { readPlan } from './terraform/read-plan';

/** What to compare, as files are named on a command line. */
export interface DriftRequest {
  /** Template that is deployed, or was (JSON or YAML). Goes with `after`. */
  readonly before?: string;
  /** Template that is to be. */
  readonly after?: string;
  /** Folder of a cloud assembly, such as `cdk.out`. Goes with `deployed`. */
  readonly assembly?: string;
  /** Folder of the deployed templates, or another assembly. */
  readonly deployed?: string;
  /** Whether the Regions of `assembly` are held against each other. */
  readonly parity?: boolean;
  /** Stacks of `assembly` that belong together by no name, each as `orders-a=orders-b`; they ask for parity. */
  readonly pair?: readonly string[];
  /** Change sets, as `aws cloudformation describe-change-set` prints them. */
  readonly changeSet?: readonly string[];
  /** Results of drift detection, as `aws cloudformation describe-stack-resource-drifts` prints them. */
  readonly stackDrift?: readonly string[];
  /** Terraform plans, as `terraform show -json` writes them. */
  readonly plan?: readonly string[];
}

/**
 * The sources that a request names; none is read yet.
 *
 * @param others sources that are named otherwise; they may be of the assembly too
 * @throws HoldfastError `invalid-input` when nothing is named, or only half of something
 */
export function sourcesOf(
  request: DriftRequest,
  others: readonly DriftSource[] = [],
): readonly DriftSource[] {
  const sources = [
    ...others,
    ...templatePair(request),
    ...assemblyOf(request, others.length > 0),
    ...parityOf(request),
    ...changeSets(request),
    ...stackDrifts(request),
    ...plans(request),
  ];
  if (sources.length > 0) return sources;
  throw usage('nothing to compare', '--before', 'is missing, and so is every other source', HELP);
}

const HELP =
  'give --before with --after, --assembly with --deployed, --from-account or --parity, --live, --detect-drift, --change-set, --stack-drift, or --plan';

function templatePair({ before, after }: DriftRequest): readonly DriftSource[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    throw usage('half a pair', '--before', 'is missing', 'name the deployed template');
  if (after === undefined) throw usage('half a pair', '--after', 'is missing', 'name the new template');
  const stack = path.basename(after).replace(/(?:\.template)?\.(?:json|ya?ml)$/, '');
  const read = () => compareTemplateFiles(before, after, { region: '-', stack });
  return [{ name: stack, kind: 'template', read }];
}

function parityOf({ assembly, parity, pair }: DriftRequest): readonly DriftSource[] {
  if (parity !== true && pair === undefined) return [];
  if (assembly === undefined) throw usage('half a pair', '--assembly', 'is missing', 'name cdk.out');
  return [{ name: assembly, kind: 'parity', read: () => compareRegions(assembly, pair) }];
}

function assemblyOf(
  { assembly, deployed, parity, pair }: DriftRequest,
  isUsed: boolean,
): readonly DriftSource[] {
  const hasUse = isUsed || parity === true || pair !== undefined;
  if (deployed === undefined && (assembly === undefined || hasUse)) return [];
  if (assembly === undefined) throw usage('half a pair', '--assembly', 'is missing', 'name cdk.out');
  if (deployed === undefined) {
    throw usage('half a pair', '--deployed', 'is missing', 'name the folder of the deployed templates');
  }
  return [{ name: assembly, kind: 'template', read: () => compareAssembly(assembly, deployed) }];
}

function changeSets({ changeSet = [] }: DriftRequest): readonly DriftSource[] {
  return changeSet.map(file => ({
    ...{ name: file, kind: 'change-set' },
    read: () => readChangeSet(readJsonFile(file), file),
  }));
}

function stackDrifts({ stackDrift = [] }: DriftRequest): readonly DriftSource[] {
  return stackDrift.map(file => ({
    ...{ name: file, kind: 'stack-drift' },
    read: () => readStackDrift(readJsonFile(file), file),
  }));
}

function plans({ plan = [] }: DriftRequest): readonly DriftSource[] {
  return plan.map(file => ({ name: file, kind: 'terraform', read: () => readPlan(file) }));
}

function usage(message: string, path: string, problem: string, fix: string): HoldfastError {
  return new HoldfastError('invalid-input', message, [{ path, message: problem, fix }]);
}
