import { escapeHtml } from '../html';
import type { Runbook, RunbookStep } from './model';

/** A runbook as Markdown, step by step, each with an anchor of its own. */
export function runbookMarkdown({ title, when, before, steps, region, id }: Runbook): string {
  return [
    `# ${title}`,
    '',
    `**When:** ${when}.`,
    '',
    ...before.map(line => `- ${line}`),
    ...(before.length === 0 ? [] : ['']),
    ...steps.flatMap(markdownStep),
    `_${id}, ${region}. Written by \`holdfast runbook write\`; do not change it by hand._`,
    '',
  ].join('\n');
}

function markdownStep(step: RunbookStep, index: number): string[] {
  const { id, act, owner, commands = [], expect, otherwise } = step;
  return [
    `## ${index + 1}. ${act} <a id="${id}"></a>`,
    '',
    `Who: ${owner}.`,
    '',
    ...(commands.length === 0 ? [] : ['```bash', ...commands, '```', '']),
    `Expect: ${expect}.`,
    ...(otherwise === undefined ? [] : ['', `Otherwise: ${otherwise}.`]),
    '',
  ];
}

const STYLE = `:root{color-scheme:light dark;--ink:#1b1f24;--ground:#fff;--soft:#57606a;--code:#eff2f5}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--ground:#0d1117;--soft:#9da7b1;--code:#1c2128}}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem}h2{font-size:1.1rem;margin:1.5rem 0 .25rem}
pre{background:var(--code);padding:.75rem;border-radius:4px;overflow-x:auto}pre:focus-visible{outline:2px solid currentColor}
.who{color:var(--soft)}ol{padding-left:1.25rem}`;

/** The same as one page that needs nothing else: no script, no other file. */
export function runbookHtml({ title, when, before, steps }: Runbook): string {
  const list = before.map(line => `<li>${escapeHtml(line)}</li>`).join('');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><strong>When:</strong> ${escapeHtml(when)}.</p>`,
    ...(list === '' ? [] : [`<ul>${list}</ul>`]),
    ...steps.map(htmlStep),
    '</main></body></html>',
    '',
  ].join('\n');
}

function htmlStep({ id, act, owner, commands = [], expect, otherwise }: RunbookStep, index: number): string {
  const label = `Commands of step ${index + 1}`;
  return [
    `<section aria-labelledby="${id}"><h2 id="${id}">${index + 1}. ${escapeHtml(act)}</h2>`,
    `<p class="who">Who: ${escapeHtml(owner)}</p>`,
    ...(commands.length === 0
      ? []
      : [`<pre tabindex="0" aria-label="${label}"><code>${escapeHtml(commands.join('\n'))}</code></pre>`]),
    `<p>Expect: ${escapeHtml(expect)}.</p>`,
    ...(otherwise === undefined ? [] : [`<p>Otherwise: ${escapeHtml(otherwise)}.</p>`]),
    '</section>',
  ].join('\n');
}
