import type { CfnResource, IPolicyValidationContext, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { IApplyRule } from 'cdk-nag/lib/nag-pack';
// By its file: the package's index loads every pack and doubles the time that the app takes to start.
import { AwsSolutionsChecks } from 'cdk-nag/lib/packs/aws-solutions';
import type { IConstruct } from 'constructs';
import { nothingChecked, recordPack } from './policy-record';
import { judgementCount, type PolicyFinding, type PolicyJudgements } from './policy-report';
import { mayApply } from './rule-services';

type Outcome = keyof PolicyJudgements;

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
    recordPack(root, { pack: this.packName, judgements: this.counts, findings });
  }
}

const noCounts = (): Record<Outcome, number> => ({ compliant: 0, notApplicable: 0, broken: 0, unknown: 0 });
const keyOf = (rule: string, constructPath: string): string => `${constructPath}\n${rule}`;

function outcomeOf(result: ReturnType<IApplyRule['rule']>): Outcome {
  if (result === 'Compliant') return 'compliant';
  return result === 'N/A' ? 'notApplicable' : 'broken';
}
