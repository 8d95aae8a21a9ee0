import type { Readiness } from '../readiness';
import type { Route } from './http-types';

/** `GET /healthz`: the process runs. `GET /readyz`: it can do what its role asks. */
export function healthRoutes(ready: () => Pick<Readiness, 'ready'>): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/healthz$/,
      quiet: true,
      handle: async () => ({ status: 200, body: { ok: true } }),
    },
    {
      method: 'GET',
      pattern: /^\/readyz$/,
      quiet: true,
      async handle() {
        const body = ready();
        return { status: body.ready ? 200 : 503, body };
      },
    },
  ];
}
