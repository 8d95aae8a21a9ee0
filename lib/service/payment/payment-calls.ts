import type { Clock } from '../../runtime/clock';
import type { Database } from '../../runtime/database/database';
import { cloudMapSource } from '../../runtime/discovery/cloud-map-source';
import type { EndpointSource } from '../../runtime/discovery/endpoint-source';
import { fixedSource } from '../../runtime/discovery/fixed-source';
import { readIdentity, watchIdentity } from '../../runtime/discovery/identity-folder';
import { mutualTlsAgent } from '../../runtime/discovery/mutual-tls';
import { isTransientCall, ServiceClient } from '../../runtime/discovery/service-client';
import { ServiceEndpoints } from '../../runtime/discovery/service-endpoints';
import type { ServiceEnvironment } from '../../runtime/environment/environment';
import type { ServiceAddress } from '../../runtime/environment/service-address';
import { fullJitter } from '../../runtime/policy/backoff';
import { Budget } from '../../runtime/policy/budget';
import { Bulkhead } from '../../runtime/policy/bulkhead';
import { policy } from '../../runtime/policy/policy';
import type { Logger } from '../../runtime/telemetry/logger';
import { dependencyBreaker, machineRandom as random } from '../guards';
import { HttpPaymentProvider } from './payment-client';
import { LabPaymentProvider, type PaymentProvider } from './payment-provider';

/** What calls to the payment provider need of the process. */
export interface PaymentCallsParts {
  readonly environment: Pick<ServiceEnvironment, 'region' | 'endpointUrl' | 'timeScale' | 'payment'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly database: Database;
}

/** A provider, and what keeps its endpoints and our certificate fresh until the signal aborts. */
export interface PaymentCalls {
  readonly provider: PaymentProvider;
  run(signal: AbortSignal): Promise<void>;
}

/** Time of one attempt, and calls at once, of one process. */
const ATTEMPT_MILLISECONDS = 1_500;
const AT_ONCE = 16;

/** The provider that the environment names; without one the lab's, in this process and its database. */
export function paymentCalls(parts: PaymentCallsParts): PaymentCalls {
  const { payment } = parts.environment;
  if (payment === undefined) {
    return { provider: new LabPaymentProvider(parts.database), run: async () => undefined };
  }
  return remoteCalls(parts, payment);
}

function remoteCalls(
  { environment, clock, logger }: PaymentCallsParts,
  address: ServiceAddress,
): PaymentCalls {
  const { name: service, identityFolder: folder } = address;
  const { timeScale } = environment;
  const endpoints = new ServiceEndpoints({
    ...{ service, clock, random, source: sourceOf(environment, address) },
    refreshMilliseconds: 5_000 / timeScale,
  });
  const identity = readIdentity(folder);
  let agent = mutualTlsAgent(identity, service);
  const client = new ServiceClient({
    ...{ service, endpoints },
    agent: () => agent,
    // Its time is what is left of the saga's step; the token makes a repetition harmless.
    policy: policy({
      ...{ clock, random, transient: isTransientCall },
      timeoutMilliseconds: ATTEMPT_MILLISECONDS,
      retry: {
        attempts: 3,
        backoff: fullJitter({ baseMilliseconds: 50, capMilliseconds: 500 }),
        budget: new Budget({ ratio: 0.1, reserve: 3, start: 3 }),
      },
      breaker: dependencyBreaker(service, { clock, logger, random }),
      bulkhead: new Bulkhead({ limit: AT_ONCE, queue: AT_ONCE }),
    }),
  });
  const changed = (renewed: typeof identity) => {
    const old = agent;
    agent = mutualTlsAgent(renewed, service);
    // Calls in hand keep their sockets; idle ones would show the old certificate for ever.
    old.destroy();
  };
  return {
    provider: new HttpPaymentProvider(client),
    async run(signal) {
      const watch = { folder, clock, logger, timeScale, changed };
      await Promise.all([endpoints.run(signal), watchIdentity(identity, watch, signal)]);
      agent.destroy();
    },
  };
}

function sourceOf(
  { region, endpointUrl }: PaymentCallsParts['environment'],
  { at, name }: ServiceAddress,
): EndpointSource {
  if (at.kind === 'fixed') return fixedSource([{ id: name, host: at.host, port: at.port }]);
  const { namespace, service } = at;
  return cloudMapSource({ region, endpointUrl, namespace, service });
}
