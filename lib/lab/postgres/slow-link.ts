import { connect, createServer, type Server, type Socket } from 'node:net';
import { DelayLine } from '../delay-line';
import { freePort } from '../network';

/** Bytes under way in one direction before the sender waits. */
const UNDER_WAY = 1 << 20;

/** Where the far end is; asked at each new connection. */
export type FarEnd = () => { readonly host: string; readonly port: number };

/** The network between two Regions when it is slow: carries each connection on, every byte late and in order. */
export class SlowLink {
  private readonly sockets = new Set<Socket>();
  private constructor(
    private readonly server: Server,
    /** Where the near end connects to. */
    readonly near: { readonly host: string; readonly port: number },
  ) {}

  /** Opens a link at an address. */
  static async open(host: string, far: FarEnd, milliseconds: number): Promise<SlowLink> {
    const port = await freePort(host);
    const server = createServer({ allowHalfOpen: true });
    const link = new SlowLink(server, { host, port });
    server.on('connection', near =>
      link.carry(near, connect({ ...far(), allowHalfOpen: true }), milliseconds),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
    return link;
  }

  /** Ends every connection that it carries. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private carry(near: Socket, far: Socket, milliseconds: number): void {
    const lines = [carryOneWay(near, far, milliseconds), carryOneWay(far, near, milliseconds)];
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      // Either end that breaks breaks the connection, as a network does not keep half of one.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        for (const line of lines) line.clear();
        near.destroy();
        far.destroy();
      });
    }
  }
}

function carryOneWay(from: Socket, to: Socket, milliseconds: number): DelayLine {
  const line = new DelayLine();
  let bytes = 0;
  from.on('data', chunk => {
    bytes += chunk.length;
    if (bytes > UNDER_WAY) from.pause();
    line.put(milliseconds, () => {
      to.write(chunk);
      bytes -= chunk.length;
      if (bytes <= UNDER_WAY) from.resume();
    });
  });
  from.once('end', () => line.put(milliseconds, () => to.end()));
  return line;
}
