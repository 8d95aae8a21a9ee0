import { Client } from 'undici';
import type { LoadRequest } from './requests';
import type { Send } from './run-load';

/** Where a load goes. */
export interface HttpSenderOptions {
  /** Address, such as `http://127.0.10.1:8080` or `https://orders.example.com`. */
  readonly url: string;
  /** Host header. @default - that of the address */
  readonly host?: string;
  /** Connections at most, each with one request at a time. @default 128 */
  readonly connections?: number;
  /** Milliseconds until an answer counts as none, from the moment of sending. @default 10000 */
  readonly timeoutMilliseconds?: number;
}

/** A request that waits for a connection, or has one. */
interface Job {
  readonly request: LoadRequest;
  readonly done: (status: number | undefined) => void;
  ended: boolean;
  controller?: { abort(reason: Error): void };
}

const ENDED = new Error('ended by its sender');

/**
 * A sender over connections that are kept, in the order in which requests come. Bodies of answers are read to their end and
 * dropped. The free connections stand in a list of our own: a pool looks through all of them for each request.
 */
export function httpSender(options: HttpSenderOptions): { readonly send: Send; close(): Promise<void> } {
  const { url, host, connections = 128, timeoutMilliseconds = 10_000 } = options;
  const free: Client[] = [];
  const all: Client[] = [];
  const waiting: Job[] = [];
  let head = 0;
  const connect = () => {
    const client = new Client(url, {
      pipelining: 1,
      headersTimeout: timeoutMilliseconds,
      bodyTimeout: timeoutMilliseconds,
      connect: { timeout: timeoutMilliseconds },
    });
    all.push(client);
    return client;
  };
  const dispatch = (client: Client, job: Job) => {
    const { method, path, headers, body } = job.request;
    let status: number | undefined;
    const over = (result: number | undefined) => {
      job.done(result);
      next(client);
    };
    const sent = host === undefined ? headers : { ...headers, host };
    client.dispatch(
      { method: method as 'GET', path, headers: sent as Record<string, string>, body: body ?? null },
      {
        onRequestStart: controller => {
          job.controller = controller;
          if (job.ended) controller.abort(ENDED);
        },
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => over(status),
        onResponseError: () => over(undefined),
      },
    );
  };
  const next = (client: Client) => {
    while (head < waiting.length) {
      const job = waiting[head] as Job;
      head += 1;
      if (head > 10_000) {
        waiting.splice(0, head);
        head = 0;
      }
      if (!job.ended) return dispatch(client, job);
    }
    free.push(client);
  };
  return {
    send: (request, done) => {
      const job: Job = { request, done, ended: false };
      const client = free.pop() ?? (all.length < connections ? connect() : undefined);
      if (client === undefined) waiting.push(job);
      else dispatch(client, job);
      return () => {
        job.ended = true;
        job.controller?.abort(ENDED);
      };
    },
    close: async () => {
      await Promise.all(all.map(client => client.destroy()));
    },
  };
}
