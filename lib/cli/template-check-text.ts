import type { TemplateCheckDocument } from './template-check';

/** The check of a plain template as text: verdict first, then each finding with its reason and its fix. */
export function formatTemplateCheck(document: TemplateCheckDocument): string {
  const { verdict, template, packs, counts, findings, unchecked } = document;
  return [
    `check: ${verdict}; ${template} by ${packs.join(', ')}`,
    `${counts.judged} of ${counts.resources} resources judged: ${counts.compliant} compliant, ${counts.broken} broken, ${counts.unknown} unknown`,
    ...findings.flatMap(({ state, rule, resource, type, path, why, fix }) => [
      '',
      `${state === 'broken' ? 'BROKEN ' : 'UNKNOWN'} ${rule}: ${resource} (${type}), ${path}`,
      `        why: ${why}`,
      `        fix: ${state === 'broken' ? fix : `the template does not tell; ${fix}`}`,
    ]),
    ...(unchecked.length > 0 ? [''] : []),
    ...unchecked.map(({ what, reason }) => `unchecked: ${what}: ${reason}`),
  ]
    .map(printable)
    .join('\n');
}

/** A template may come from anywhere: what moves the cursor or colours a terminal is shown as a question mark. */
const printable = (line: string): string => line.replaceAll(/\p{Cc}/gu, '?');
