import { Token } from 'aws-cdk-lib';
import { matching, type Rule, wholeNumber } from '../validation';
import { checkRules } from './failover-rules';
import { HOST_FORM } from './host-form';
import { alarmRules } from './routing-alarm-rules';
import {
  type CalculatedSignal,
  DEFAULT_HEALTH_PATH,
  type EndpointSignal,
  type RoutingSignal,
} from './routing-signal';

/** Children of a calculated check, by Route 53's quota. */
const MOST_CHILDREN = 255;
/** Addresses that Route 53's checkers cannot reach, or refuse: RFC 1918, 3927, 6598, 5735 and multicast. */
const PRIVATE_ADDRESS =
  /^(?:0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^(?:22[4-9]|2[3-5]\d)\./;
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
/** Names that lead to private addresses alone: internal load balancers of AWS, and zones that no resolver serves. */
const PRIVATE_NAME = /^internal-|\.(?:internal|local|localhost|lan)$/;
const USE_AN_ALARM = "watch it with an alarm of its Region and use { kind: 'alarm', alarm }";

/** Everything that Route 53 asks of a signal, and what it would take and ought not to. */
export function signalRules(path: string, signal: RoutingSignal | undefined): Rule[] {
  if (signal === undefined) {
    return [
      {
        path,
        message: 'a record without a signal is always healthy and never fails over',
        fix: "use { kind: 'endpoint' } or { kind: 'alarm', alarm }",
      },
    ];
  }
  if (signal.kind === 'alarm') return alarmSignalRules(path, signal);
  return signal.kind === 'calculated' ? calculatedRules(path, signal) : endpointRules(path, signal);
}

function endpointRules(path: string, signal: EndpointSignal): Rule[] {
  const { host, path: checked = DEFAULT_HEALTH_PATH, targetGroupPath = DEFAULT_HEALTH_PATH } = signal;
  return [
    ...checkRules(signal, `${path}.`),
    host !== undefined && !Token.isUnresolved(host) && hostRule(`${path}.host`, host),
    matching(`${path}.path`, checked, /^\/\S{0,254}$/, 'use a path that begins with a slash'),
    checked !== targetGroupPath && {
      path: `${path}.path`,
      received: checked,
      message: `the target groups check ${targetGroupPath}: either can fail alone, and the other would not know`,
      fix: 'check one path in both places',
    },
  ];
}

function hostRule(path: string, host: string): Rule {
  const numeric = /^[0-9.]+$/.test(host);
  if ((numeric ? PRIVATE_ADDRESS : PRIVATE_NAME).test(host)) {
    return { path, received: host, message: 'the public checkers cannot reach it', fix: USE_AN_ALARM };
  }
  return matching(path, host, numeric ? ADDRESS : HOST_FORM, 'use a host name or a whole IPv4 address');
}

function alarmSignalRules(path: string, signal: Extract<RoutingSignal, { kind: 'alarm' }>): Rule[] {
  const given: object = signal;
  return [
    ...['checkIntervalSeconds', 'checkFailures'].map(
      name =>
        name in given && {
          path: `${path}.${name}`,
          received: (given as Record<string, unknown>)[name],
          message: 'the check of an alarm has none: the alarm has its own period',
          fix: 'leave it out',
        },
    ),
    ...alarmRules(`${path}.alarm`, signal.alarm),
  ];
}

function calculatedRules(path: string, signal: CalculatedSignal): Rule[] {
  const children = signal.of.length;
  const counted = wholeNumber(`${path}.of`, children, 1, MOST_CHILDREN);
  return [
    counted,
    !counted && wholeNumber(`${path}.threshold`, signal.threshold ?? children, 1, children),
    ...signal.of.flatMap((child, index) => signalRules(`${path}.of[${index}]`, child)),
  ];
}
