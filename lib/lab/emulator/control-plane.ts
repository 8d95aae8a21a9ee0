import path from 'node:path';
import { Gateway, GatewayState, type RegisterPlace } from '../gateway';
import { freePort } from '../network';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator';

/** What the local control plane needs. */
export interface ControlPlaneOptions
  extends Omit<EmulatorOptions, 'port' | 'publicPort' | 'notEmulatedFile'> {
  /** Where the register lives. @default - no table is modelled */
  readonly register?: RegisterPlace;
  /** Bearer token of the gateway's admin API. */
  readonly token: string;
  /** Port of the gateway. @default - any free one */
  readonly gatewayPort?: number;
}

/** The emulator behind its gateway. */
export interface ControlPlane {
  readonly gateway: Gateway;
  readonly emulator: Emulator;
  /** Value of `AWS_ENDPOINT_URL` for every caller. */
  readonly endpoint: string;
  /** Ends both; what they held is gone. */
  stop(): Promise<void>;
}

/**
 * Starts gateway and emulator. The gateway runs in this process, so that the data plane shares its state; the emulator
 * is a process of its own.
 *
 * @throws HoldfastError `environment` when either cannot start, `aborted` when the signal aborts
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { register, token, clock, gatewayPort } = options;
  const notEmulatedFile = path.join(options.paths.state, 'not-emulated.jsonl');
  const state = new GatewayState(register);
  const gateway = await Gateway.listen({ state, clock, token, port: gatewayPort, notEmulatedFile });
  try {
    const port = await freePort('127.0.0.1');
    const emulator = await startEmulator({ ...options, port, publicPort: gateway.port, notEmulatedFile });
    gateway.connect(port);
    const stop = async () => {
      await gateway.close();
      await emulator.process.stop();
    };
    return { gateway, emulator, endpoint: gateway.endpoint, stop };
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
