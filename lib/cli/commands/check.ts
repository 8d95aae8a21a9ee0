import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { type RecoveryBudget, recoveryBudget, topologyWarnings } from '../../../regions';
import { HoldfastError } from '../../errors';
import { type SynthesizedAssembly, synthesize } from '../cdk';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type PolicySummary, policyReportFile, readPolicySummary } from '../policy-report';
import { runCommand } from '../run';
import { TEMPLATE_PACKS, type TemplateCheckRequest } from '../template-packs';
import { readTopologyFile } from '../topology-file';
import { formatBudget } from './budget';

/** `holdfast check`: synth, policy and budget, and nothing that needs an account or the lab. */
export function checkCommand(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('synthesize every Region and judge it: topology, recovery budget, templates, policy packs')
    .option('--template <file>', 'judge this CloudFormation template (JSON) instead, wherever it comes from')
    .option('--pack <name...>', `packs for --template: ${TEMPLATE_PACKS.join(', ')} (default: dependability)`)
    .addHelpText(
      'after',
      '\nExample:\n  $ npx holdfast check\n  $ npx holdfast check --template template.json --pack dependability --json\n',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions & Partial<TemplateCheckRequest>>();
      context.exit(await runCommand(context, options, () => checkEither(context, options)));
    });
}

/** What a check found. */
export interface CheckDocument {
  readonly version: 1;
  readonly verdict: 'clean' | 'findings' | 'unchecked';
  /** What is allowed and unwise in the topology. */
  readonly warnings: readonly string[];
  readonly budget: RecoveryBudget;
  readonly policy: PolicySummary;
}

/** Runs the check and leaves the assembly in `cdk.out`. */
export async function runCheck(
  context: CommandContext,
  options: CommonOptions,
  settings: { readonly validateTemplates: boolean },
): Promise<CheckDocument & { readonly assembly?: SynthesizedAssembly }> {
  const topology = await readTopologyFile(
    context.projectRoot,
    options.topology,
    context.environment.CDK_DEFAULT_ACCOUNT,
  );
  const warnings = topologyWarnings(topology).map(
    warning => `${warning.path}: ${warning.message}; ${warning.fix}`,
  );
  const budget = recoveryBudget(topology);
  const within = budget.modes.switchover.within && budget.modes.failover.within;
  const unchecked: PolicySummary = { verdict: 'unchecked', findings: [], acknowledged: 0 };
  // A budget that does not fit fails the synth, so there is nothing to judge by policy.
  if (!within) return { version: 1, verdict: 'findings', warnings, budget, policy: unchecked };
  const folder = path.join(context.projectRoot, 'cdk.out');
  rmSync(policyReportFile(folder), { force: true });
  try {
    const assembly = await synthesize(context, options, settings);
    const policy = readPolicySummary(assembly.folder);
    return { version: 1, verdict: policy.verdict, warnings, budget, policy, assembly };
  } catch (error) {
    // A finding fails the synth; the report then says which. Anything else is a failure to check.
    const policy = readPolicySummary(folder);
    if (policy.verdict !== 'findings') throw error;
    return { version: 1, verdict: 'findings', warnings, budget, policy };
  }
}

async function checkEither(
  context: CommandContext,
  options: CommonOptions & Partial<TemplateCheckRequest>,
): Promise<CommandResult> {
  const { template, pack } = options;
  if (template !== undefined) {
    // Loaded here alone: no other command needs the rules.
    const { checkTemplate } = require('../template-check') as typeof import('../template-check');
    return checkTemplate(context, { template, pack });
  }
  if (pack === undefined) return check(context, options);
  const fix = 'name a template file, or leave --pack out: the app is judged by the packs that it applies';
  throw new HoldfastError('invalid-input', 'packs are chosen for a template alone', [
    { path: '--pack', received: pack, message: 'given without --template', fix },
  ]);
}

async function check(context: CommandContext, options: CommonOptions): Promise<CommandResult> {
  const { assembly, ...document } = await runCheck(context, options, { validateTemplates: true });
  const exitCode =
    document.verdict === 'clean' ? EXIT.good : document.verdict === 'findings' ? EXIT.found : EXIT.failed;
  return { exitCode, document, text: formatCheck(document, assembly) };
}

/** The check as text: verdict first, then what led to it. */
export function formatCheck(document: CheckDocument, assembly?: SynthesizedAssembly): string {
  const { policy, budget } = document;
  const judged = Object.entries(policy.judgements ?? {}).map(([result, count]) => `${count} ${result}`);
  const pack =
    policy.pack === undefined ? 'no pack has judged anything' : `${policy.pack}: ${judged.join(', ')}`;
  return [
    `check: ${document.verdict}${assembly === undefined ? '' : `; templates in ${assembly.folder}`}`,
    `policy: ${policy.verdict}; ${pack}; ${policy.acknowledged} findings acknowledged with a reason`,
    ...policy.findings.map(
      finding => `  ${finding.rule} at ${finding.path} (${finding.state}): ${finding.description}`,
    ),
    ...document.warnings.map(warning => `warning: ${warning}`),
    '',
    formatBudget(budget),
  ].join('\n');
}
