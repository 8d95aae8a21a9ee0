/** The style of the HTML report: system fonts, contrast of 4.5 and more on both grounds. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --code: #eff2f5;
  --danger: #b3121d; --doubt: #7a3bb8; --change: #8a5200; --good: #116329; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --ink: #e6edf3; --soft: #9da7b1; --line: #30363d; --code: #1c2128;
    --danger: #ff8b85; --doubt: #cfa8ff; --change: #e8b04b; --good: #6fd685; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h2 { display: inline; font-size: 1.25rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
details { border-top: 1px solid var(--line); padding: 1rem 0; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-left: 3px solid var(--line); padding: .25rem 0 .25rem .75rem; margin: 0 0 .75rem; }
li p { margin: .25rem 0; overflow-wrap: anywhere; }
code { background: var(--code); border-radius: 3px; padding: .1em .3em; font-size: .875em; overflow-wrap: anywhere; }
.resource { font-weight: 600; }
.fix, .id { color: var(--soft); }
h1 .danger, .danger h2 { color: var(--danger); }
h1 .unchecked, .unchecked h2, .unknown h2 { color: var(--doubt); }
h1 .changes, .change h2 { color: var(--change); }
h1 .clean, .expected h2 { color: var(--good); }
.danger li { border-color: var(--danger); }
.unchecked li, .unknown li { border-color: var(--doubt); }
.change li { border-color: var(--change); }
@media print { details { break-inside: auto; } li { break-inside: avoid; } }
`;
