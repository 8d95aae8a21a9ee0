/** Where files lie: a bucket, or a folder that stands for one. */
export interface Objects {
  /**
   * Writes one object whole, or not at all; one of the same name is replaced.
   *
   * @param key path within the store, with slashes
   * @throws whatever the store throws; nothing half written is ever seen
   */
  put(key: string, bytes: Uint8Array): Promise<void>;
}
