import { randomUUID } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../../runtime/clock';
import { PostgresPool } from '../../runtime/database/postgres-pool';
import { readIdentity, watchIdentity } from '../../runtime/discovery/identity-folder';
import { callerOf, mutualTlsServer } from '../../runtime/discovery/mutual-tls';
import { Admission } from '../../runtime/edge/admission';
import type { Logger } from '../../runtime/telemetry/logger';
import { HttpEdge } from '../http/http-edge';
import { HttpServer } from '../http/http-server';
import { HttpError } from '../http/http-types';
import type { Running } from '../process';
import type { PaymentEnvironment } from './payment-environment';
import { LabPaymentProvider, PAYMENT_SCHEMA } from './payment-provider';
import { paymentRoutes } from './payment-routes';

/** Longest time for a request, in milliseconds; a caller may give less. */
const REQUEST_MILLISECONDS = 5_000;
const IN_HAND = 32;

/**
 * Starts the lab's payment provider as a process of its own. It speaks only with who shows a certificate of our authority
 * (anybody else is refused at the handshake, before a request is read), and serves only the callers that it is told: 403.
 */
export async function startPayment(environment: PaymentEnvironment, logger: Logger): Promise<Running> {
  const { database: settings, region, instanceId: applicationName, callers, identityFolder } = environment;
  const pool = new PostgresPool({ settings, host: settings.host, region, applicationName, logger });
  await pool.query(PAYMENT_SCHEMA);
  const identity = readIdentity(identityFolder);
  const server = new HttpServer({
    routes: paymentRoutes(new LabPaymentProvider(pool)),
    ...{ clock: systemClock, logger, makeId: randomUUID },
    facts: () => ({ region, epoch: undefined, retryAfterSeconds: 1 }),
    edge: new HttpEdge({
      clock: systemClock,
      admission: new Admission({ clock: systemClock, maximumInHand: IN_HAND, minimumInHand: IN_HAND / 4 }),
      identity: { trustedHops: 0, knownKeys: new Set() },
      requestMilliseconds: REQUEST_MILLISECONDS,
    }),
    tls: mutualTlsServer(identity),
    admit: ({ socket }) => {
      if (callerOf(socket as TLSSocket, callers) !== undefined) return;
      throw new HttpError(403, 'not-allowed', `only ${callers.join(', ')} may call here`);
    },
  });
  const { host, port } = environment.listen;
  logger.info('payment.listening', { host, port: await server.listen(host, port) });
  const background = new AbortController();
  const watching = watchIdentity(
    identity,
    {
      folder: identityFolder,
      ...{ clock: systemClock, logger, timeScale: environment.timeScale },
      changed: renewed => server.renew(mutualTlsServer(renewed)),
    },
    background.signal,
  );
  return {
    async stop() {
      await server.stop((environment.drainSeconds * 1000) / environment.timeScale);
      background.abort();
      await watching;
      await pool.close();
    },
  };
}
