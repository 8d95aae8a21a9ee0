import type { DriftRule } from '../classify/rule';
import type { DriftReport } from '../model';
import type { FailOn } from '../verdict';
import { html } from './html';
import { json } from './json';
import { junit } from './junit';
import { markdown } from './markdown';
import { sarif } from './sarif';
import { terminal } from './terminal';

/** Formats that a report can take. */
export const FORMATS = ['terminal', 'md', 'json', 'sarif', 'junit', 'html'] as const;
/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** What the formats want to know beside the report. */
export interface FormatOptions {
  readonly rules: readonly DriftRule[];
  /** Version of Holdfast. */
  readonly toolVersion: string;
  /** @default 'danger' */
  readonly failOn?: FailOn;
  /** @default false */
  readonly colour?: boolean;
  /** Names the comment in Markdown. @default 'drift' */
  readonly key?: string;
  /** Where the whole report is. @default - not said */
  readonly whole?: string;
}

/** The report in a format, as text that ends with a line's end unless it is for the terminal. */
export function formatReport(report: DriftReport, format: Format, options: FormatOptions): string {
  switch (format) {
    case 'terminal':
      return terminal(report, options);
    case 'md':
      return markdown(report, options);
    case 'json':
      return json(report);
    case 'sarif':
      return sarif(report, options);
    case 'junit':
      return junit(report, options);
    case 'html':
      return html(report);
  }
}
