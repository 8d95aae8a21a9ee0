import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import {
  DEPENDABILITY,
  DEPENDABILITY_RULES,
  type Finding,
  type JudgementCounts,
  judgeTemplate,
  parseTemplate,
  type Template,
} from '../rules';
import { type CommandContext, type CommandResult, EXIT } from './context';
import { formatTemplateCheck } from './template-check-text';
import {
  type PackOutcome,
  runCdkPacks,
  TEMPLATE_PACKS,
  type TemplateCheckRequest,
  type TemplatePack,
} from './template-packs';

/** What a check of a plain template found. */
export interface TemplateCheckDocument {
  readonly version: 1;
  readonly verdict: 'clean' | 'findings' | 'unchecked';
  /** The file as named. */
  readonly template: string;
  readonly packs: readonly TemplatePack[];
  readonly counts: JudgementCounts & { readonly resources: number; readonly judged: number };
  /** What is broken and what could not be decided; nothing else. */
  readonly findings: readonly Finding[];
  /** What could not be checked, each with its reason. */
  readonly unchecked: readonly { readonly what: string; readonly reason: string }[];
}

/**
 * Judges a CloudFormation template that need not come from this project, nor from the CDK.
 *
 * @throws HoldfastError `not-found` when there is no such file, `invalid-input` when it is no template or a pack is
 * not known
 */
export async function checkTemplate(
  context: CommandContext,
  request: TemplateCheckRequest,
): Promise<CommandResult> {
  const packs = requestedPacks(request.pack);
  const file = path.resolve(request.template);
  const template = parseTemplate(readTemplate(file), request.template);
  const outcomes: PackOutcome[] = packs.includes('dependability') ? [judgeDependability(template)] : [];
  const cdkPacks = packs.filter(pack => pack !== 'dependability');
  if (cdkPacks.length > 0) outcomes.push(...(await runCdkPacks(context, file, cdkPacks)));
  const document = documentOf(request.template, packs, template, outcomes);
  const exitCode = { clean: EXIT.good, findings: EXIT.found, unchecked: EXIT.failed }[document.verdict];
  return { exitCode, document, text: formatTemplateCheck(document) };
}

function requestedPacks(names: readonly string[] = ['dependability']): readonly TemplatePack[] {
  const asked = [...new Set(names.flatMap(name => name.split(',')).map(name => name.trim()))];
  const problems = asked
    .filter(name => !TEMPLATE_PACKS.some(pack => pack === name))
    .map(received => ({
      path: '--pack',
      received,
      message: 'not a pack',
      fix: `use ${TEMPLATE_PACKS.join(', ')}`,
    }));
  if (problems.length > 0) throw new HoldfastError('invalid-input', 'packs are not known', problems);
  return TEMPLATE_PACKS.filter(pack => asked.includes(pack));
}

function readTemplate(file: string): string {
  if (!existsSync(file)) throw new HoldfastError('not-found', `${file} does not exist; name a template file`);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError('invalid-input', `${file} cannot be read: ${(cause as Error).message}`, [], {
      cause,
    });
  }
}

function judgeDependability(template: Template): PackOutcome {
  return { pack: 'dependability', ...judgeTemplate(DEPENDABILITY, DEPENDABILITY_RULES, template) };
}

function documentOf(
  name: string,
  packs: readonly TemplatePack[],
  template: Template,
  outcomes: readonly PackOutcome[],
): TemplateCheckDocument {
  const judgements = outcomes.flatMap(outcome => ('reason' in outcome ? [] : [outcome]));
  const findings = judgements.flatMap(outcome => outcome.findings);
  const unchecked = [
    ...template.unexpanded.map(reason => ({ what: 'template', reason })),
    ...outcomes.flatMap(outcome =>
      'reason' in outcome ? [{ what: outcome.pack, reason: outcome.reason }] : [],
    ),
    ...judgements
      .filter(({ judged }) => judged.length === 0)
      .map(({ pack }) => ({ what: pack, reason: 'no rule had anything to say about any resource' })),
  ];
  const sum = (result: keyof JudgementCounts) =>
    judgements.reduce((total, { counts }) => total + counts[result], 0);
  return {
    version: 1,
    verdict: findings.length > 0 ? 'findings' : unchecked.length > 0 ? 'unchecked' : 'clean',
    template: name,
    packs,
    counts: {
      resources: template.resources.length,
      judged: new Set(judgements.flatMap(({ judged }) => judged)).size,
      compliant: sum('compliant'),
      notApplicable: sum('notApplicable'),
      broken: sum('broken'),
      unknown: sum('unknown'),
    },
    findings,
    unchecked,
  };
}
