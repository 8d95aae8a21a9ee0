import { createHash } from 'node:crypto';
import { CLASSES, type DriftReport, type Finding, type FindingClass } from '../model';
import { STYLE } from './html-style';
import { byRule, byStack, countsLine, figure, placeOf, TITLES, verdictLine } from './text';
import { escaped } from './xml';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The whole report as one HTML file that loads nothing and runs nothing, in light or dark as the reader has it. */
export function html(report: DriftReport): string {
  const sections = CLASSES.map(name =>
    section(
      name,
      report.findings.filter(finding => finding.class === name),
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Drift: ${report.verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Drift: <span class="${report.verdict}">${report.verdict}</span></h1>
<p>${escaped(verdictLine(report))}</p>
<p>${escaped(countsLine(report))}.</p>
${sections.join('')}</main>
</body>
</html>
`;
}

function section(name: FindingClass, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const open = name === 'expected' || name === 'noise' ? '' : ' open';
  const rules = byRule(findings)
    .slice(0, 40)
    .map(([rule, count]) => `<code>${escaped(rule, 100)}</code> ${figure(count)}`)
    .join(', ');
  return `<details class="${name}"${open}>
<summary><h2>${TITLES[name]} (${figure(findings.length)})</h2></summary>
<p>By rule: ${rules}.</p>
${byStack(findings)
  .map(group => `<h3>${escaped(placeOf(group), 300)}</h3>\n<ul>\n${group.findings.map(item).join('')}</ul>\n`)
  .join('')}</details>
`;
}

function item({ id, action, resource, type, path, why, fix }: Finding): string {
  const verb = action === 'none' ? '' : `${action} `;
  const where = path === '' ? '' : ` at <code>${escaped(path, 400)}</code>`;
  return `<li>${verb}<code class="resource">${escaped(resource, 400)}</code> (${escaped(type, 100)})${where}
<p>${escaped(why)}</p>
<p class="fix">${escaped(fix)}</p>
<code class="id">${escaped(id, 120)}</code></li>
`;
}
