import type { Keeper } from './keeper';

/** Remembers who assumed a role, so that calls under the role's keys count as that caller's. */
export class Callers {
  readonly #first = new Map<string, string>();

  /** The caller who first signed, behind however many roles. */
  resolve(key: string): string {
    return this.#first.get(key) ?? key;
  }

  /** Learns from the answers of AssumeRole. */
  readonly keeper: Keeper = {
    wants: call => call.service === 'sts' && call.action.startsWith('AssumeRole'),
    after: (call, reply) => {
      const key = /<AccessKeyId>([^<]+)<\/AccessKeyId>/.exec(reply.body.toString())?.[1];
      if (key !== undefined) this.#first.set(key, this.resolve(call.caller));
      return reply;
    },
  };
}
