/** The last good document as it is kept from one life of a process to the next. */
export interface StoredConfig {
  readonly content: string;
  readonly version: string;
  /** When the service last confirmed it, as far as was written down; it may have done so since. ISO 8601. */
  readonly confirmedAt: string;
}

/** Keeps the last good document. It may be empty, torn or gone at any time. */
export interface ConfigStore {
  /** `undefined` when there is none that can be used. Never rejects. */
  read(): Promise<StoredConfig | undefined>;
  /** Replaces what is there as a whole, or not at all; rejects when it could not. */
  write(stored: StoredConfig): Promise<void>;
}
