import { type ErrorCode, HoldfastError } from '../../errors';
import type { CallQuery } from './call-log';
import type { GatewaySnapshot } from './state';
import type { CallRecord, DenyRule, FaultRule, NotEmulated } from './types';

/** Speaks to the gateway's admin API from another process. */
export class GatewayClient {
  constructor(
    /** The gateway's endpoint, as in `AWS_ENDPOINT_URL`. */
    readonly endpoint: string,
    private readonly token: string,
  ) {}

  /** Everything that the gateway shows. */
  state(): Promise<GatewaySnapshot & { readonly notEmulated: readonly NotEmulated[] }> {
    return this.ask('GET', 'state');
  }

  /** Recorded calls that match, oldest first. */
  calls(query: CallQuery = {}): Promise<readonly CallRecord[]> {
    const given = Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)] as [string, string]],
    );
    return this.ask('GET', `calls?${new URLSearchParams(given)}`);
  }

  /** Resources of the templates that exist by name only. */
  notEmulated(): Promise<readonly NotEmulated[]> {
    return this.ask('GET', 'not-emulated');
  }

  /** Refuses matching calls from now on. */
  async deny(rule: DenyRule): Promise<void> {
    await this.ask('PUT', 'deny', rule);
  }

  /** Lifts a refusal. */
  async allow(id: string): Promise<void> {
    await this.ask('DELETE', 'deny', { id });
  }

  /** Breaks matching calls from now on. */
  async injectFault(rule: FaultRule): Promise<void> {
    await this.ask('PUT', 'faults', rule);
  }

  /** Ends a fault. */
  async clearFault(id: string): Promise<void> {
    await this.ask('DELETE', 'faults', { id });
  }

  /** Cuts the register's replica of a Region off, or joins it again. */
  async setReachable(region: string, reachable: boolean): Promise<void> {
    await this.ask('PUT', 'reachable', { region, reachable });
  }

  /**
   * Any operation of the admin API, those that the lab added included.
   * @throws HoldfastError with the code that the gateway gave, or `unavailable` when it does not answer
   */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    const document = (await response.json()) as T & { error?: { code: ErrorCode; message: string } };
    if (response.ok) return document;
    const { code, message } = document.error ?? {
      code: 'unavailable' as const,
      message: `HTTP ${response.status}`,
    };
    throw new HoldfastError(code, message);
  }

  private async send(method: string, path: string, body: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}` };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    try {
      return await fetch(`${this.endpoint}/_holdfast/${path}`, init);
    } catch (cause) {
      throw new HoldfastError('unavailable', `the lab does not answer at ${this.endpoint}; is it up?`, [], {
        cause,
      });
    }
  }
}
