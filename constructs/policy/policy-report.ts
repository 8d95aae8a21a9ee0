import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../lib/errors';
import type { Acknowledgement } from './acknowledge';

/** Name of the report in the folder of a synthesized app. */
export const POLICY_REPORT_FILE = 'policy-report.json';

/** A rule that a resource breaks, or that could not judge it; neither is a pass. */
export interface PolicyFinding {
  /** Whole id, such as `AwsSolutions-IAM5[Resource::*]`. */
  readonly rule: string;
  /** Path of the resource in the construct tree; the Region comes first. */
  readonly path: string;
  /** `unknown` where the rule failed, mostly since a value is known at deploy only. */
  readonly state: 'broken' | 'unknown';
  readonly description: string;
}

/** How often rules came to which result, acknowledged findings included. */
export interface PolicyJudgements {
  readonly compliant: number;
  readonly notApplicable: number;
  readonly broken: number;
  readonly unknown: number;
}

/** What the policy packs said of a synthesized app. */
export interface PolicyReport {
  /** Version of this document; later versions only add. */
  readonly version: 1;
  /** Names of the packs that judged, with a comma between them. */
  readonly pack: string;
  /** What each pack came to alone. */
  readonly packs: readonly { readonly pack: string; readonly judgements: PolicyJudgements }[];
  /** Of all packs together. */
  readonly judgements: PolicyJudgements;
  /** What nobody has acknowledged, each once, sorted by path and rule. */
  readonly findings: readonly PolicyFinding[];
  readonly acknowledgements: readonly Acknowledgement[];
}

/**
 * Reads the policy report of a synthesized app. A clean app and an app that was never judged look alike in the CDK's
 * own validation report, so the pack writes this one.
 *
 * @param folder the app's output, `cdk.out`
 * @throws HoldfastError `not-found` when the app was not judged, `invalid-input` when no rule judged anything
 */
export function readPolicyReport(folder: string): PolicyReport {
  const file = path.join(folder, POLICY_REPORT_FILE);
  if (!existsSync(file)) {
    throw new HoldfastError(
      'not-found',
      `no ${file}: the app was synthesized without a policy; call applyPolicy(app)`,
    );
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as PolicyReport;
  if (judgementCount(report.judgements) === 0) {
    throw new HoldfastError('invalid-input', `${file}: no rule judged any resource, which is no pass`);
  }
  return report;
}

/** How often any rule was asked, whatever it said. */
export function judgementCount(judgements: PolicyJudgements): number {
  return Object.values(judgements).reduce((sum, count) => sum + count, 0);
}

/** Each finding once, by rule and path: nested assemblies are walked more than once (aws-cdk #38483). */
export function distinctFindings(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  const byKey = new Map(findings.map(finding => [`${finding.path}\n${finding.rule}`, finding] as const));
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, finding]) => finding);
}
