import type { ApiCall } from './call';
import type { Keeper } from './keeper';
import { errorReply, escapeXml, queryReply } from './reply';
import type { TargetHealth } from './types';

const ELB = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';
const ROUTE53 = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** Target health as the lab's balancer measured it; what nobody has measured is `initial`, never healthy. */
export const targetHealth: Keeper = {
  wants: call => call.service === 'elasticloadbalancing' && call.action === 'DescribeTargetHealth',

  before(call, state) {
    const targets = state.targetHealth(call.fields.get('TargetGroupArn') ?? '');
    if (targets === undefined) return undefined;
    const wanted = requestedIds(call);
    const shown = wanted.size === 0 ? targets : targets.filter(target => wanted.has(target.id));
    const list = `<TargetHealthDescriptions>${shown.map(describeTarget).join('')}</TargetHealthDescriptions>`;
    return { kind: 'answer', reply: queryReply('DescribeTargetHealth', ELB, list) };
  },

  after: (_call, reply) => {
    const unknown = '<State>initial</State><Reason>Elb.InitialHealthChecking</Reason>';
    return { ...reply, body: reply.body.toString().replaceAll('<State>healthy</State>', unknown) };
  },
};

function requestedIds(call: ApiCall): Set<string> {
  const ids = [...call.fields].filter(([key]) => /^Targets\.member\.\d+\.Id$/.test(key));
  return new Set(ids.map(([, value]) => value));
}

function describeTarget({ id, port, state, reason, description }: TargetHealth): string {
  const why = reason === undefined ? '' : `<Reason>${escapeXml(reason)}</Reason>`;
  const text = description === undefined ? '' : `<Description>${escapeXml(description)}</Description>`;
  const health = `<TargetHealth><State>${state}</State>${why}${text}</TargetHealth>`;
  const target = `<Target><Id>${escapeXml(id)}</Id><Port>${port}</Port></Target>`;
  return `<member>${target}<HealthCheckPort>${port}</HealthCheckPort>${health}</member>`;
}

/** Status of Route 53 health checks as the lab's checker saw it. */
export const checkStatus: Keeper = {
  wants: call => call.service === 'route53' && call.action === 'GetHealthCheckStatus',

  before(call, state) {
    const id = call.path.split('/').at(-2) ?? '';
    const status = state.checkStatus(id);
    if (status === undefined) {
      const message = `No health check exists with the specified ID ${id}, or nobody has looked yet`;
      return {
        kind: 'answer',
        reply: errorReply('rest-xml', { status: 404, code: 'NoSuchHealthCheck', message }),
      };
    }
    const word = status.healthy ? 'Success' : 'Failure';
    const report = `<Status>${word}: ${escapeXml(status.detail)}</Status><CheckedTime>${status.checkedAt}</CheckedTime>`;
    const observation = `<HealthCheckObservation><Region>lab</Region><IPAddress>127.0.0.1</IPAddress><StatusReport>${report}</StatusReport></HealthCheckObservation>`;
    const body = `<GetHealthCheckStatusResponse xmlns="${ROUTE53}"><HealthCheckObservations>${observation}</HealthCheckObservations></GetHealthCheckStatusResponse>`;
    return { kind: 'answer', reply: { status: 200, headers: { 'content-type': 'text/xml' }, body } };
  },
};
