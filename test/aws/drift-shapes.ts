import type { Reply } from './fake-endpoint';

/**
 * Answers in the shapes of the API references: query protocols as XML, Route 53 as XML of its own, AppConfig and Lambda
 * as JSON.
 */
export const member = (tag: string, fields: Readonly<Record<string, string>>): string =>
  `<${tag}>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</${tag}>`;

/** A list of a query protocol. */
export const list = (name: string, items: readonly Readonly<Record<string, string>>[]): string =>
  `<${name}>${items.map(item => member('member', item)).join('')}</${name}>`;

/** One resource of `ListStackResources`. */
export const summary = (id: string, more: Readonly<Record<string, string>> = {}) => ({
  LogicalResourceId: id,
  ResourceType: 'AWS::SQS::Queue',
  ResourceStatus: 'CREATE_COMPLETE',
  PhysicalResourceId: `name-of-${id}`,
  LastUpdatedTimestamp: '2026-11-25T10:00:00Z',
  ...more,
});

const NAMESPACE = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

/** A record set of `ListResourceRecordSets`. */
export const recordSet = (name: string, set: string, more = ''): string =>
  `<ResourceRecordSet><Name>${name}</Name><Type>A</Type><SetIdentifier>${set}</SetIdentifier>${more}</ResourceRecordSet>`;

/** A page of record sets; `next` is the set identifier with which the next one begins. */
export const recordPage = (sets: readonly string[], next?: string): Reply => {
  const more =
    next === undefined
      ? '<IsTruncated>false</IsTruncated>'
      : `<IsTruncated>true</IsTruncated><NextRecordName>orders.example.com.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>${next}</NextRecordIdentifier>`;
  return {
    body: `<ListResourceRecordSetsResponse ${NAMESPACE}><ResourceRecordSets>${sets.join('')}</ResourceRecordSets>${more}<MaxItems>2</MaxItems></ListResourceRecordSetsResponse>`,
  };
};

/** A health check of `GetHealthCheck`. */
export const healthCheck = (config: string): Reply => ({
  body: `<GetHealthCheckResponse ${NAMESPACE}><HealthCheck><Id>check</Id><CallerReference>x</CallerReference><HealthCheckConfig>${config}</HealthCheckConfig><HealthCheckVersion>1</HealthCheckVersion></HealthCheck></GetHealthCheckResponse>`,
});

/** An error of Route 53. */
export const dnsError = (code: string, status: number): Reply => ({
  status,
  body: `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`,
});

/** An error of a JSON protocol over REST. */
export const restError = (type: string, status: number): Reply => ({
  ...{ status, type: 'application/json' },
  body: { __type: type, code: type, message: type },
});

/** An answer of a JSON protocol over REST. */
export const rest = (body: object | string): Reply => ({ type: 'application/json', body });
