import type { IPolicyValidationContext, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type IApplyRule } from 'cdk-nag';

/** Name of the rule that is broken when the pack judged nothing: silence is not a pass. */
export const NOTHING_CHECKED = 'Holdfast-NothingChecked';

/**
 * The AwsSolutions pack that counts how often it judged: an integration that silently runs no rule (cdk-nag 3 moved
 * to another mechanism, and version 2's simply did nothing) fails instead of passing.
 */
export class CountedAwsSolutionsChecks extends AwsSolutionsChecks {
  private evaluations = 0;

  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    this.evaluations = 0;
    const report = super.validate(context);
    const counted = { ...report, metadata: { ...report.metadata, evaluations: String(this.evaluations) } };
    return this.evaluations > 0 ? counted : { ...counted, success: false, violations: [nothingChecked()] };
  }

  protected override applyRule(rule: IApplyRule): void {
    this.evaluations += 1;
    super.applyRule(rule);
  }
}

function nothingChecked(): PolicyValidationPluginReport['violations'][number] {
  return {
    ruleName: NOTHING_CHECKED,
    description: 'No rule of the pack judged any resource',
    severity: 'error',
    violatingResources: [],
    fix: 'check that the pack and aws-cdk-lib fit together, and that the app has resources',
  };
}
