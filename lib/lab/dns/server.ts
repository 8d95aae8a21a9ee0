import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { HoldfastError } from '../../errors';
import { answerMessage } from './message';
import type { DnsWorld, Zone } from './types';

/** Milliseconds that an idle TCP connection is kept. */
const TCP_IDLE = 5000;

/** Where the server listens and what it knows. */
export interface DnsServerOptions {
  readonly host: string;
  /** The same for UDP and TCP. */
  readonly port: number;
  readonly world: DnsWorld;
}

/** The authoritative DNS server of the lab's zones. */
export class DnsServer {
  private zones: readonly Zone[] = [];
  private readonly udp: UdpSocket;
  private readonly tcp: Server;
  private readonly connections = new Set<Socket>();

  constructor(private readonly options: DnsServerOptions) {
    this.udp = createSocket('udp4');
    this.udp.on('message', (message, from) => {
      const answer = this.answer(message, 'udp');
      if (answer !== undefined) this.udp.send(answer, from.port, from.address);
    });
    // A client that is gone before its answer is no concern of the others.
    this.udp.on('error', () => undefined);
    this.tcp = createServer(socket => this.serve(socket));
  }

  /**
   * Begins to listen on both transports.
   * @throws HoldfastError `environment` when the port is taken
   */
  async listen(): Promise<void> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      const failed = (cause: Error) =>
        reject(
          new HoldfastError('environment', `cannot listen on ${host}:${port}: ${cause.message}`, [], {
            cause,
          }),
        );
      this.udp.once('error', failed);
      this.tcp.once('error', failed);
      this.udp.bind(port, host, () => this.tcp.listen({ host, port, exclusive: true }, resolve));
    });
  }

  /** Takes new records over; questions are answered from them at once. */
  update(zones: readonly Zone[]): void {
    this.zones = zones;
  }

  /** Stops listening. */
  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await Promise.all([
      new Promise<void>(resolve => this.udp.close(resolve)),
      new Promise<void>(resolve => (this.tcp.listening ? this.tcp.close(() => resolve()) : resolve())),
    ]);
  }

  private answer(message: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined {
    return answerMessage(message, transport, this.zones, this.options.world);
  }

  /** Over TCP each message follows its length in two bytes (RFC 1035, 4.2.2). */
  private serve(socket: Socket): void {
    this.connections.add(socket);
    let received = Buffer.alloc(0);
    socket.setTimeout(TCP_IDLE, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.connections.delete(socket));
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const answer = this.answer(received.subarray(2, end), 'tcp');
        received = received.subarray(end);
        if (answer === undefined) {
          socket.destroy();
          return;
        }
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  }
}
