import type { JourneySpec } from '../../../regions';

/** One request as it is sent. */
export interface LoadRequest {
  readonly journey: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Makes the requests of journeys, by their shares. */
export class RequestMaker {
  private readonly bounds: readonly number[];
  private number = 0;

  constructor(
    private readonly journeys: readonly JourneySpec[],
    private readonly random: () => number,
    private readonly uuid: () => string,
  ) {
    let sum = 0;
    this.bounds = journeys.map(({ share = 1 }) => {
      sum += share;
      return sum;
    });
  }

  next(): LoadRequest {
    this.number += 1;
    const at = this.random() * (this.bounds.at(-1) ?? 0);
    const index = Math.max(
      0,
      this.bounds.findIndex(bound => at < bound),
    );
    const journey = this.journeys[index] as JourneySpec;
    const [method = 'GET', pattern = '/'] = journey.route.split(' ');
    const { path = pattern, headers = {}, body } = journey;
    return {
      journey: journey.name,
      method,
      path: this.fill(path),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.fill(value)])),
      },
      body:
        body === undefined
          ? undefined
          : JSON.stringify(body, (_key, value) => (typeof value === 'string' ? this.fill(value) : value)),
    };
  }

  private fill(text: string): string {
    if (!text.includes('{')) return text;
    return text.replace(/\{uuid\}/g, () => this.uuid()).replace(/\{number\}/g, String(this.number));
  }
}
