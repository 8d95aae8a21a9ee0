import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** Props whose signals are both there. */
export type WatchedProps = FailoverRequesterProps & { readonly deepHealth: cloudwatch.IAlarm };

/** Automatic mode of one Region. */
export interface FailoverRequesterProps {
  /** Name of the application, from which the other names derive. */
  readonly application: string;
  /** Region that is watched, never the one of this stack: a Region cannot report its own loss. */
  readonly watchedRegion: string;
  /** Name of the service, from which this Region's own name derives. */
  readonly host: string;
  /**
   * Consistency of the register. An eventual one cannot fence a partition, so its moves are manual only, and it is
   * refused here.
   */
  readonly registerConsistency: 'strong' | 'eventual';
  /**
   * First signal: alarm **of this Region** on what the watched Region says of its own deep health. It must count
   * silence as bad (`TreatMissingData.BREACHING`), since a lost Region says nothing.
   * @default - an alarm on what the watched Region's {@link HealthBeacon} tells, three bad or silent minutes in a row
   */
  readonly deepHealth?: cloudwatch.IAlarm;
  /**
   * Second signal: alarm of this Region on a probe or canary that asks the watched Region from outside. It must not
   * count silence as bad: a probe that is dead itself has seen nothing.
   */
  readonly outside: cloudwatch.IAlarm;
  /**
   * How long both signals must have been bad without a break: 1 to 60 minutes.
   * @default Duration.minutes(5)
   */
  readonly damping?: Duration;
  /**
   * Pause after a move and after a request: 10 minutes to a day.
   * @default Duration.hours(1)
   */
  readonly coolDown?: Duration;
  /**
   * Address that says whether this Region could serve once promoted; the function reaches it over the internet.
   * @default - `/readyz` of this Region's own name, `https://us-west-2.orders.example.com/readyz`
   */
  readonly readinessUrl?: string;
  /**
   * Table of the register, at this Region's endpoint.
   * @default - `<application>-register`
   */
  readonly registerTableName?: string;
  /**
   * Code of the function, with `index.handler`.
   * @default - the controller built by `npm run build`
   */
  readonly code?: lambda.Code;
}
