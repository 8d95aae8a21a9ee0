/** What is known of one Region's server. */
export interface ServerStatus {
  readonly region: string;
  readonly role: 'writer' | 'replica';
  readonly running: boolean;
  readonly restarts: number;
  /** Milliseconds; undefined for the writer and while unknown. */
  readonly lag?: number;
}
