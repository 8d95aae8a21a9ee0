import type { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { assertRules, wholeNumber } from '../validation';
import { type AnalyticsTableOptions, analyticsTableRules } from './analytics-table-props';
import type { StreamSource } from './stream-source';

/** What may be chosen about an analytics feed. */
export interface AnalyticsFeedOptions extends AnalyticsTableOptions {
  /**
   * How long rows are gathered before a file is written, 1 to 15 minutes, in whole seconds; how old a report is.
   * @default Duration.minutes(5)
   */
  readonly freshness?: Duration;
  /**
   * Code of the handler, with `index.handler`.
   * @default - the handler built by `npm run build`
   */
  readonly handlerCode?: Code;
}

/** Properties of an {@link AnalyticsFeed}. */
export interface AnalyticsFeedProps extends AnalyticsFeedOptions {
  /** Where the changes come from: a stream of a table, or the Kinesis stream of an outbox. */
  readonly source: StreamSource;
}

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateAnalyticsFeed(construct: string, props: AnalyticsFeedOptions): void {
  assertRules(construct, [
    ...analyticsTableRules(props),
    wholeNumber('freshness (seconds)', props.freshness?.toSeconds() ?? 300, 60, 900),
  ]);
}
