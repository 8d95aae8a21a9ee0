import { HttpExchange, type HttpExchangeOptions, type HttpReply, type Incoming } from './http-exchange';
import { HttpError, type Route } from './http-types';

/** The home that a host name names: `east` of `home-east.orders.example.com`, and of that behind a Region's name. */
export const homeOfHost = (host: string | undefined): string | undefined =>
  /(?:^|\.)home-([a-z0-9]+)\./.exec(host ?? '')?.[1];

/** Answers each request by the home that its host names, and what names none by options of its own. */
export class HomesExchange {
  private readonly homes: ReadonlyMap<string, HttpExchange>;
  private readonly rest: HttpExchange;

  constructor(homes: ReadonlyMap<string, HttpExchangeOptions>, rest: HttpExchangeOptions) {
    this.homes = new Map([...homes].map(([name, options]) => [name, new HttpExchange(options)]));
    this.rest = new HttpExchange({ ...rest, routes: [...rest.routes, ...misdirected([...homes.keys()])] });
  }

  /** As {@link HttpExchange.run}. */
  run(incoming: Incoming, send: (reply: HttpReply) => void): void {
    const home = homeOfHost(incoming.header('host'));
    const exchange = home === undefined ? undefined : this.homes.get(home);
    (exchange ?? this.rest).run(incoming, send);
  }
}

/** Whatever names no home: nobody could say whose data is meant. Its path may name a person, so no log shows it. */
const misdirected = (homes: readonly string[]): readonly Route[] =>
  (['GET', 'POST'] as const).map(method => ({
    method,
    pattern: /^\/.*$/,
    personal: true,
    async handle() {
      const message = `the host names no home of this application: ask home-<home>.<its name>, home one of ${homes.join(', ')}`;
      throw new HttpError(421, 'home', message, {}, { homes });
    },
  }));
