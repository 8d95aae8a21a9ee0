import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PolicyValidationPluginReport, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledgements } from './acknowledge';
import {
  distinctFindings,
  POLICY_REPORT_FILE,
  type PolicyFinding,
  type PolicyJudgements,
  type PolicyReport,
} from './policy-report';

/** Name of the rule that is broken when a pack judged nothing: silence is not a pass. */
export const NOTHING_CHECKED = 'Holdfast-NothingChecked';

/** What one pack said of an app. */
export interface PackReport {
  readonly pack: string;
  readonly judgements: PolicyJudgements;
  /** What nobody has acknowledged. */
  readonly findings: readonly PolicyFinding[];
}

/** What the packs of an app have said so far: each comes alone, and the report is one. */
const SAID = new WeakMap<IConstruct, Map<string, PackReport>>();

/** Takes what a pack said into the report beside the templates of the app. */
export function recordPack(root: IConstruct, report: PackReport): void {
  const said = SAID.get(root) ?? new Map<string, PackReport>();
  SAID.set(root, said.set(report.pack, report));
  const outdir = Stage.isStage(root) ? root.outdir : undefined;
  if (outdir === undefined) return;
  const reports = [...said.values()];
  const document: PolicyReport = {
    version: 1,
    pack: reports.map(({ pack }) => pack).join(', '),
    packs: reports.map(({ pack, judgements }) => ({ pack, judgements })),
    judgements: reports.map(({ judgements }) => judgements).reduce(sum),
    findings: distinctFindings(reports.flatMap(({ findings }) => findings)),
    acknowledgements: acknowledgements(root),
  };
  writeFileSync(path.join(outdir, POLICY_REPORT_FILE), `${JSON.stringify(document, undefined, 2)}\n`);
}

/**
 * The violation of a pack that judged nothing. It names a construct: the CDK prints none that has no place, and then
 * passes.
 */
export function nothingChecked(
  root: IConstruct | undefined,
): PolicyValidationPluginReport['violations'][number] {
  const constructPath = root?.node.children.find(child => child.node.id !== 'Tree')?.node.path ?? 'app';
  return {
    ruleName: NOTHING_CHECKED,
    description: 'No rule of the pack judged any resource',
    severity: 'error',
    violatingResources: [{ constructPath, locations: [] }],
    fix: 'check that the pack and aws-cdk-lib fit together, and that the app has resources',
  };
}

const sum = (left: PolicyJudgements, right: PolicyJudgements): PolicyJudgements => ({
  compliant: left.compliant + right.compliant,
  notApplicable: left.notApplicable + right.notApplicable,
  broken: left.broken + right.broken,
  unknown: left.unknown + right.unknown,
});
