import { App, type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { IApplyRule, NagPack } from 'cdk-nag/lib/nag-pack';
import type { Finding, Verdict } from '../../lib/rules';

/** What one pack said of a template, or why it could not. */
export type PackOutcome =
  | ({ readonly pack: string } & Verdict)
  | { readonly pack: string; readonly reason: string };

/** The packs by name; each is loaded only when it is asked for. */
const PACKS: Readonly<Record<string, () => NagPack>> = {
  'aws-solutions': () => {
    const { AwsSolutionsChecks } =
      require('cdk-nag/lib/packs/aws-solutions') as typeof import('cdk-nag/lib/packs/aws-solutions');
    return new AwsSolutionsChecks();
  },
  nist: () => {
    const { NIST80053R5Checks } =
      require('cdk-nag/lib/packs/nist-800-53-r5') as typeof import('cdk-nag/lib/packs/nist-800-53-r5');
    return new NIST80053R5Checks();
  },
};

/**
 * Judges a plain CloudFormation template by packs of cdk-nag, which know construct objects alone: the template is
 * included in an app of its own that is never synthesized. What the CDK cannot include comes back with its reason.
 *
 * @param templateFile path of a template in JSON
 * @param packs names, of `aws-solutions` and `nist`
 */
export function judgeByCdkPacks(templateFile: string, packs: readonly string[]): readonly PackOutcome[] {
  return packs.map(pack => {
    try {
      const stack = new Stack(new App({ analyticsReporting: false }), 'Template');
      new CfnInclude(stack, 'Include', { templateFile });
      const make = PACKS[pack];
      return make === undefined
        ? { pack, reason: `no pack of this name; there are ${Object.keys(PACKS).join(', ')}` }
        : { pack, ...judge(make(), stack) };
    } catch (error) {
      return { pack, reason: `the CDK cannot include the template: ${(error as Error).message}` };
    }
  });
}

/** cdk-nag reports what is broken and forgets the rest; here each judgement of each rule is counted. */
function judge(pack: NagPack, stack: Stack): Verdict {
  const counts = { compliant: 0, notApplicable: 0, broken: 0, unknown: 0 };
  const findings: Finding[] = [];
  const judged = new Set<string>();
  const observed = pack as unknown as { applyRule(rule: IApplyRule): void };
  observed.applyRule = rule => {
    const result = resultOf(rule);
    if (result === 'N/A') {
      counts.notApplicable += 1;
      return;
    }
    const resource = logicalIdOf(rule.node);
    judged.add(resource);
    const broken = Array.isArray(result)
      ? result.map(part => `[${part}]`)
      : result === 'Non-Compliant'
        ? ['']
        : [];
    const state = result === 'unknown' ? 'unknown' : broken.length > 0 ? 'broken' : 'compliant';
    counts[state] += 1;
    if (state === 'compliant') return;
    const id = `${pack.readPackName}-${rule.ruleSuffixOverride ?? rule.rule.name}`;
    for (const part of state === 'unknown' ? [''] : broken) {
      findings.push({ rule: `${id}${part}`, state, resource, ...describe(rule) });
    }
  };
  pack.validateScope(stack);
  return { counts, judged: [...judged], findings };
}

/** A rule that throws met a value that is known at deploy only: it does not know. */
function resultOf(rule: IApplyRule): ReturnType<IApplyRule['rule']> | 'unknown' {
  try {
    return rule.rule(rule.node);
  } catch {
    return 'unknown';
  }
}

const logicalIdOf = (node: CfnResource): string => Stack.of(node).resolve(node.logicalId);

const describe = ({ node, info, explanation }: IApplyRule) => ({
  type: node.cfnResourceType,
  path: 'Properties',
  title: info,
  why: info,
  fix: explanation,
});
