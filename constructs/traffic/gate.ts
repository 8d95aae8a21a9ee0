import { Duration, Token } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { allowedCidrFault } from '../../regions/rules/gate';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { AliasTarget } from './alias-target';
import { declareGateApi } from './gate-api';
import { declareGateFunction } from './gate-function';
import { guardGate } from './gate-guard';
import { homeNameRule } from './home-name';
import { HOST_FIX, HOST_FORM } from './host-form';

/** Gate of one Region. */
export interface GateProps {
  /** Name of the application, from which the other names derive. */
  readonly application: string;
  /** Name under which Route 53's checkers reach the gate: `gate-us-west-2.orders.example.com`. */
  readonly host: string;
  /**
   * Home of an active-active application whose record in the register this gate follows.
   * @default - the register's one record
   */
  readonly home?: string;
  /** Certificate of that name in this Region. */
  readonly certificate: acm.ICertificate;
  /**
   * Table of the register, read at this Region's endpoint.
   * @default - `<application>-register`
   */
  readonly registerTableName?: string;
  /**
   * Parameter that keeps the last answer over a cold start; written by the gate, not by the template.
   * @default - `/<application>/gate/last-answer`, and below it a name for each home
   */
  readonly memoryParameterName?: string;
  /**
   * Code of the function, with `index.handler`.
   * @default - the gate built by `npm run build`
   */
  readonly code?: lambda.Code;
  /**
   * Further environment of the function.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Requests a second that the gate answers, at least 20; the rest get 429. Route 53's checkers send a few a second.
   * @default 500
   */
  readonly requestsPerSecond?: number;
  /**
   * Executions that are kept for the function and that it cannot exceed, so that nothing else in the account starves
   * it. The account must have 100 more than all that is reserved in it.
   * @default 20
   */
  readonly reservedConcurrency?: number;
  /**
   * IPv4 ranges that may ask the gate besides Route 53's checkers, such as those of operators.
   * @default - none: everybody else gets 403
   */
  readonly allowedCidrs?: readonly string[];
}

/**
 * Says over HTTPS, to Route 53's checkers and to whom `allowedCidrs` names, whether the register names this Region
 * active. It has a function and an endpoint of its own, so
 * that the death of the service does not move traffic: only the register does.
 */
export class Gate extends Construct implements iam.IGrantable {
  readonly function: lambda.Function;
  readonly api: apigateway.RestApi;
  readonly grantPrincipal: iam.IPrincipal;
  /** Name under which the gate answers. */
  readonly host: string;
  /** Where the alias record of the host points. */
  readonly aliasTarget: AliasTarget;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: GateProps) {
    super(scope, id);
    assertRules(`Gate ${this.node.path}`, gateRules(props));
    this.host = props.host;
    this.function = declareGateFunction(this, props);
    this.grantPrincipal = this.function.grantPrincipal;
    this.api = declareGateApi(this, this.function, props.requestsPerSecond ?? 500);
    guardGate(this, this.api.deploymentStage.stageArn, props.allowedCidrs ?? []);
    const domain = new apigateway.DomainName(this, 'Domain', {
      domainName: props.host,
      certificate: props.certificate,
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
      mapping: this.api,
    });
    this.aliasTarget = {
      dnsName: domain.domainNameAliasDomainName,
      hostedZoneId: domain.domainNameAliasHostedZoneId,
    };
  }

  /** Errors of the function; sum. Each one is an answer that a checker takes for "not active". */
  metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricErrors({ period: Duration.minutes(1), ...props });
  }

  /** Seconds-long answers would count as failed checks: the function's duration in milliseconds, 99th percentile. */
  metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.function.metricDuration({ period: Duration.minutes(1), statistic: 'p99', ...props });
  }
}

function gateRules(props: GateProps): Rule[] {
  return [
    matching(
      'application',
      props.application,
      /^[a-z][a-z0-9-]{2,19}$/,
      'use 3 to 20 lower-case letters, digits and hyphens',
    ),
    matching('host', props.host, HOST_FORM, HOST_FIX),
    props.home !== undefined && homeNameRule('home', props.home),
    wholeNumber('requestsPerSecond', props.requestsPerSecond ?? 500, 20, 10_000),
    wholeNumber('reservedConcurrency', props.reservedConcurrency ?? 20, 10, 1000),
    ...(props.allowedCidrs ?? []).map((cidr, at) => cidrRule(`allowedCidrs[${at}]`, cidr)),
  ];
}

function cidrRule(path: string, cidr: string): Rule {
  const fault = Token.isUnresolved(cidr) ? undefined : allowedCidrFault(cidr);
  return fault && { path, received: cidr, ...fault };
}
