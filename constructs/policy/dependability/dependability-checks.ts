import {
  CfnResource,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Finding } from '../../../lib/rules';
import { nothingChecked, recordPack } from '../policy-record';
import { judgementCount } from '../policy-report';
import { type StackTemplate, stackTemplates } from './stack-templates';

/** A finding with the construct that has it. */
interface PlacedFinding extends Finding {
  /** Path of the construct in the tree. */
  readonly constructPath: string;
  /** The template that has the resource. */
  readonly templatePath: string;
}

/**
 * The reliability rules of `docs/dependability-rules.md` as a validation plugin: every stack of the app is judged by
 * its template, stacks inside stages and nested ones included. A finding fails the synth until it is fixed, or
 * acknowledged on its construct with {@link acknowledge} and a reason.
 *
 * ```ts
 * Validations.of(app).addPlugins(new DependabilityChecks());
 * ```
 */
export class DependabilityChecks implements IPolicyValidationPlugin {
  readonly name = 'Dependability';

  /** @throws Error when the CDK is too old to hand its construct tree to plugins (before 2.276) */
  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const { appConstruct } = context as { readonly appConstruct?: IConstruct };
    if (appConstruct === undefined)
      throw new Error('Dependability needs the construct tree: use aws-cdk-lib 2.276.0');
    return this.validateScope(appConstruct);
  }

  /** Judges a synthesized app by its root, and writes the policy report. */
  validateScope(root: IConstruct): PolicyValidationPluginReport {
    // Here and not at the top: who imports one construct does not load the rules.
    const { DEPENDABILITY, DEPENDABILITY_RULES, judgeTemplate } =
      require('../../../lib/rules') as typeof import('../../../lib/rules');
    const judgements = { compliant: 0, notApplicable: 0, broken: 0, unknown: 0 };
    const findings: PlacedFinding[] = [];
    for (const judged of stackTemplates(root)) {
      const verdict = judgeTemplate(DEPENDABILITY, DEPENDABILITY_RULES, judged.template);
      for (const result of Object.keys(judgements) as (keyof typeof judgements)[]) {
        judgements[result] += verdict.counts[result];
      }
      if (verdict.findings.length > 0) findings.push(...unacknowledged(judged, verdict.findings));
    }
    recordPack(root, { pack: this.name, judgements, findings: findings.map(policyFinding) });
    const violations = judgementCount(judgements) === 0 ? [nothingChecked(root)] : violationsOf(findings);
    return { success: violations.length === 0, violations };
  }
}

/** Finds the construct of each finding, and leaves out what is acknowledged there or above. */
function unacknowledged(
  { stack, file }: StackTemplate,
  findings: readonly Finding[],
): readonly PlacedFinding[] {
  const byId = new Map<string, IConstruct>(
    stack.node
      .findAll()
      .filter(construct => CfnResource.isCfnResource(construct) && Stack.of(construct) === stack)
      .map(construct => [stack.resolve((construct as CfnResource).logicalId), construct]),
  );
  return findings.flatMap(finding => {
    // What CfnInclude leaves as text has no construct of its own; the finding then stands on the stack.
    const construct = byId.get(finding.resource) ?? stack;
    return isAcknowledged(construct, finding.rule)
      ? []
      : [{ ...finding, constructPath: construct.node.path, templatePath: file }];
  });
}

function isAcknowledged(construct: IConstruct, rule: string): boolean {
  return construct.node.scopes.some(scope =>
    scope.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data as object))
      .some(id => id.replace(/^.*::/, '') === rule),
  );
}

const describe = ({ state, title, why }: Finding): string =>
  `${state === 'broken' ? 'expected' : 'the template does not tell whether'}: ${title}; ${why}`;

const policyFinding = (finding: PlacedFinding) => ({
  rule: finding.rule,
  path: finding.constructPath,
  state: finding.state,
  description: `${describe(finding)}; ${finding.fix}`,
});

function violationsOf(findings: readonly PlacedFinding[]): PolicyViolation[] {
  const byRule = new Map<string, PlacedFinding[]>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.state}`;
    byRule.set(key, [...(byRule.get(key) ?? []), finding]);
  }
  return [...byRule.values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      ruleName: first.rule,
      description: describe(first),
      fix: first.fix,
      severity: 'error',
      violatingResources: group.map(({ constructPath, templatePath, resource, path }) => ({
        ...{ constructPath, templatePath, resourceLogicalId: resource, locations: [path] },
      })),
    };
  });
}
