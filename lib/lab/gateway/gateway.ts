import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { ADMIN_PREFIX, AdminApi, type AdminHandler } from './admin';
import { type ApiCall, namingParameters, parseCall, speaksInBody } from './call';
import { Callers } from './callers';
import { databaseMoves } from './database-moves';
import { checkStatus, targetHealth } from './health-keepers';
import type { Ask, Keeper } from './keeper';
import { isDenied, takeFault } from './policy';
import { registerQuorum } from './register-quorum';
import { accessDenied, type Reply, serverError, throttled } from './reply';
import { hookRefusal, type StackHook, stackChangeOf } from './stack-hook';
import { stackSettling } from './stack-settling';
import type { GatewayState } from './state';
import type { CallOutcome, FaultEffect } from './types';
import { passable, readAll, Upstream } from './upstream';

/** What the gateway needs. */
export interface GatewayOptions {
  readonly state: GatewayState;
  readonly clock: Clock;
  /** Bearer token of the admin API; random, and known to this lab alone. */
  readonly token: string;
  /** Loopback port. @default - any free one */
  readonly port?: number;
  /** File in which the emulator writes down what exists by name only. @default - none */
  readonly notEmulatedFile?: string;
}

/**
 * The reverse proxy on loopback in front of the emulator. Every SDK call of the CDK, of drills and of clones passes
 * it: it knows who calls what in which Region, records that, refuses and breaks calls on request, and keeps what the
 * emulator drops.
 */
export class Gateway {
  readonly state: GatewayState;
  readonly #callers = new Callers();
  readonly #keepers: readonly Keeper[];
  readonly #admin: AdminApi;
  readonly #server: Server;
  readonly #closing = new AbortController();
  #upstream: Upstream | undefined;
  #stackHook: StackHook | undefined;

  private constructor(private readonly options: GatewayOptions) {
    this.state = options.state;
    const settling = stackSettling(options.clock);
    this.#keepers = [
      registerQuorum,
      databaseMoves,
      targetHealth,
      checkStatus,
      settling,
      this.#callers.keeper,
    ];
    this.#admin = new AdminApi(options);
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /**
   * Starts to listen; calls are refused as unavailable until {@link connect}.
   * @throws HoldfastError `environment` when the port is taken
   */
  static listen(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    return new Promise((resolve, reject) => {
      gateway.#server.once('error', cause =>
        reject(
          new HoldfastError('environment', `the gateway cannot listen: ${cause.message}`, [], { cause }),
        ),
      );
      gateway.#server.listen(options.port ?? 0, '127.0.0.1', () => resolve(gateway));
    });
  }

  /** Loopback port it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Value of `AWS_ENDPOINT_URL` for every caller. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Names the emulator's port; until then every call is unavailable. */
  connect(port: number): void {
    this.#upstream?.close();
    this.#upstream = new Upstream(port);
  }

  /** Adds an operation to the admin API, under `/_holdfast/<path>`. */
  handleAdmin(method: string, path: string, handler: AdminHandler): void {
    this.#admin.add(method, path, handler);
  }

  /** Has each change of a stack asked about before the emulator hears of it. */
  askBeforeStackChanges(hook: StackHook): void {
    this.#stackHook = hook;
  }

  /**
   * The data plane could not promote: gives the emulator's roles back to the old writer and ends the move.
   * @throws HoldfastError `unavailable` when the emulator refuses
   */
  async abandonDatabaseMove(globalCluster: string): Promise<void> {
    const move = this.state.databaseMove(globalCluster);
    if (move === undefined || this.#upstream === undefined) return;
    const ask = asking(this.#upstream, 'gateway', move.fromRegion, 'rds');
    const reply = await ask('SwitchoverGlobalCluster', {
      Version: '2014-10-31',
      GlobalClusterIdentifier: globalCluster,
      TargetDbClusterIdentifier: move.fromArn,
    });
    if (reply.status !== 200) {
      throw new HoldfastError(
        'unavailable',
        `the emulator kept the roles as they are: ${reply.body.toString()}`,
      );
    }
    this.state.completeDatabaseMove(globalCluster);
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#upstream?.close();
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith(ADMIN_PREFIX)) return this.#admin.serve(request, response);
    const { clock } = this.options;
    const [time, started] = [clock.now().toISOString(), clock.monotonic()];
    const method = request.method ?? 'GET';
    const body = speaksInBody(method, request.headers) ? await readAll(request) : undefined;
    const parsed = parseCall({ method, url: request.url ?? '/', headers: request.headers, body });
    const call = { ...parsed, caller: this.#callers.resolve(parsed.caller) };
    const result = await this.#handle(call, request, response).catch(() => lost(call, response));
    const { caller, service, region, action } = call;
    const durationMs = Math.round((clock.monotonic() - started) * 10) / 10;
    const parameters = namingParameters(call);
    this.state.calls.add({ time, caller, service, region, action, ...result, durationMs, parameters });
  }

  async #handle(call: ApiCall, request: IncomingMessage, response: ServerResponse): Promise<Handled> {
    if (isDenied(this.state, call)) return send(response, accessDenied(call), 'denied');
    const fault = takeFault(this.state, call);
    if (fault?.kind === 'reset') {
      response.destroy();
      return { status: 0, outcome: 'fault' };
    }
    const broken = fault === undefined ? undefined : faultReply(call, fault);
    if (broken !== undefined) return send(response, broken, 'fault');
    if (fault?.kind === 'latency') await this.options.clock.sleep(fault.milliseconds, this.#closing.signal);
    const change = stackChangeOf(call);
    const refusal = change === undefined ? undefined : await this.#stackHook?.(change);
    if (refusal !== undefined) return send(response, hookRefusal(call, refusal), 'denied');
    return this.#answer(call, request, response);
  }

  async #answer(call: ApiCall, request: IncomingMessage, response: ServerResponse): Promise<Handled> {
    const keeper = this.#keepers.find(candidate => candidate.wants(call));
    const verdict = keeper?.before?.(call, this.state);
    if (verdict?.kind === 'answer') return send(response, verdict.reply, verdict.outcome ?? 'answered');
    if (this.#upstream === undefined)
      return send(response, serverError(call, 503, 'the emulator is starting'), 'fault');
    const headers = verdict === undefined ? request.headers : signedFor(request.headers, verdict.region);
    const outgoing = { method: call.method, url: request.url ?? '/', headers, body: call.body ?? request };
    if (keeper?.after !== undefined) {
      const reply = await this.#upstream.ask(outgoing);
      const ask = asking(this.#upstream, call.caller, call.region, call.service);
      return send(response, await keeper.after(call, reply, this.state, ask), 'forwarded');
    }
    return pass(await this.#upstream.send(outgoing), response);
  }
}

interface Handled {
  readonly status: number;
  readonly outcome: CallOutcome;
}

function faultReply(call: ApiCall, fault: FaultEffect): Reply | undefined {
  if (fault.kind === 'throttle') return throttled(call);
  return fault.kind === 'error' ? serverError(call, fault.status) : undefined;
}

/** Asks the emulator in a service's query protocol; the signature is never checked, its scope is read. */
function asking(upstream: Upstream, caller: string, region: string, service: string): Ask {
  const credential = `${caller}/20000101/${region}/${service}/aws4_request`;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  return (action, fields) => {
    const body = Buffer.from(new URLSearchParams({ Action: action, ...fields }).toString());
    return upstream.ask({ method: 'POST', url: '/', headers, body });
  };
}

/** The emulator finds the Region in the credential scope, and checks no signature. */
function signedFor(headers: IncomingMessage['headers'], region: string): IncomingMessage['headers'] {
  const authorization = headers.authorization?.replace(/(Credential=[^/]+\/\d{8}\/)[^/]+/, `$1${region}`);
  return { ...headers, authorization };
}

function send(response: ServerResponse, reply: Reply, outcome: CallOutcome): Handled {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
  return { status: reply.status, outcome };
}

/** The emulator is gone, or went away while it answered. */
function lost(call: ApiCall, response: ServerResponse): Handled {
  const status = response.headersSent ? 0 : 503;
  if (response.headersSent) response.destroy();
  else send(response, serverError(call, 503, 'the emulator does not answer'), 'unreachable');
  return { status, outcome: 'unreachable' };
}

function pass(incoming: IncomingMessage, response: ServerResponse): Promise<Handled> {
  const status = incoming.statusCode ?? 502;
  if (response.destroyed) {
    incoming.destroy(); // the caller went away while the emulator worked
    return Promise.resolve({ status, outcome: 'forwarded' });
  }
  response.writeHead(status, passable(incoming.headers));
  incoming.pipe(response);
  return new Promise((resolve, reject) => {
    incoming.once('error', reject);
    response.once('close', () => {
      incoming.destroy(); // a caller that went away must not hold the emulator
      resolve({ status, outcome: 'forwarded' });
    });
  });
}
