import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CfnResource,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
  Stage,
} from 'aws-cdk-lib';
import type { IApplyRule } from 'cdk-nag/lib/nag-pack';
// By its file: the package's index loads every pack and doubles the time that the app takes to start.
import { AwsSolutionsChecks } from 'cdk-nag/lib/packs/aws-solutions';
import type { IConstruct } from 'constructs';
import { acknowledgements } from './acknowledge';
import {
  distinctFindings,
  judgementCount,
  POLICY_REPORT_FILE,
  type PolicyFinding,
  type PolicyReport,
} from './policy-report';
import { mayApply } from './rule-services';

/** Name of the rule that is broken when the pack judged nothing: silence is not a pass. */
export const NOTHING_CHECKED = 'Holdfast-NothingChecked';

type Outcome = keyof PolicyReport['judgements'];

/**
 * The AwsSolutions pack that counts how often it judged and tells what it could not judge from what is wrong. An
 * integration that silently runs no rule fails instead of passing.
 */
export class CountedAwsSolutionsChecks extends AwsSolutionsChecks {
  private counts: Record<Outcome, number> = noCounts();
  private failed = new Set<string>();

  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    this.counts = noCounts();
    this.failed = new Set();
    const report = super.validate(context);
    const { appConstruct } = context as { readonly appConstruct?: IConstruct };
    if (appConstruct !== undefined) this.write(appConstruct, report);
    if (judgementCount(this.counts) > 0) return report;
    return { ...report, success: false, violations: [nothingChecked(appConstruct)] };
  }

  protected override applyRule(rule: IApplyRule): void {
    const name = rule.ruleSuffixOverride ?? rule.rule.name;
    if (!mayApply(name, rule.node.cfnResourceType)) {
      this.counts.notApplicable += 1;
      return;
    }
    const judge = (node: CfnResource): ReturnType<IApplyRule['rule']> => {
      try {
        const result = rule.rule(node);
        this.counts[outcomeOf(result)] += 1;
        return result;
      } catch (error) {
        this.counts.unknown += 1;
        this.failed.add(keyOf(`${this.packName}-${name}`, node.node.path));
        throw error;
      }
    };
    super.applyRule({ ...rule, ruleSuffixOverride: name, rule: judge });
  }

  private write(root: IConstruct, report: PolicyValidationPluginReport): void {
    const outdir = Stage.isStage(root) ? root.outdir : undefined;
    if (outdir === undefined) return;
    const findings = report.violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(
        ({ constructPath = '' }): PolicyFinding => ({
          rule: ruleName,
          path: constructPath,
          state: this.failed.has(keyOf(ruleName, constructPath)) ? 'unknown' : 'broken',
          description,
        }),
      ),
    );
    const document: PolicyReport = {
      version: 1,
      pack: this.packName,
      judgements: this.counts,
      findings: distinctFindings(findings),
      acknowledgements: acknowledgements(root),
    };
    writeFileSync(path.join(outdir, POLICY_REPORT_FILE), `${JSON.stringify(document, undefined, 2)}\n`);
  }
}

const noCounts = (): Record<Outcome, number> => ({ compliant: 0, notApplicable: 0, broken: 0, unknown: 0 });
const keyOf = (rule: string, constructPath: string): string => `${constructPath}\n${rule}`;

function outcomeOf(result: ReturnType<IApplyRule['rule']>): Outcome {
  if (result === 'Compliant') return 'compliant';
  return result === 'N/A' ? 'notApplicable' : 'broken';
}

/** The finding names a construct: the CDK prints none that has no place, and then passes. */
function nothingChecked(root: IConstruct | undefined): PolicyValidationPluginReport['violations'][number] {
  const constructPath = root?.node.children.find(child => child.node.id !== 'Tree')?.node.path ?? 'app';
  return {
    ruleName: NOTHING_CHECKED,
    description: 'No rule of the pack judged any resource',
    severity: 'error',
    violatingResources: [{ constructPath, locations: [] }],
    fix: 'check that the pack and aws-cdk-lib fit together, and that the app has resources',
  };
}
