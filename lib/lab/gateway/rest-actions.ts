/** Method, path and action of REST services: those that Holdfast or the CDK call. */
type Route = readonly [method: string, path: RegExp, action: string];

const ROUTE53: readonly Route[] = [
  ['POST', /\/hostedzone$/, 'CreateHostedZone'],
  ['GET', /\/hostedzone$/, 'ListHostedZones'],
  ['GET', /\/hostedzonesbyname$/, 'ListHostedZonesByName'],
  ['GET', /\/hostedzone\/[^/]+$/, 'GetHostedZone'],
  ['POST', /\/hostedzone\/[^/]+\/rrset\/?$/, 'ChangeResourceRecordSets'],
  ['GET', /\/hostedzone\/[^/]+\/rrset$/, 'ListResourceRecordSets'],
  ['GET', /\/change\/[^/]+$/, 'GetChange'],
  ['POST', /\/healthcheck$/, 'CreateHealthCheck'],
  ['GET', /\/healthcheck$/, 'ListHealthChecks'],
  ['GET', /\/healthcheck\/[^/]+\/status$/, 'GetHealthCheckStatus'],
  ['GET', /\/healthcheck\/[^/]+$/, 'GetHealthCheck'],
  ['POST', /\/healthcheck\/[^/]+$/, 'UpdateHealthCheck'],
  ['DELETE', /\/healthcheck\/[^/]+$/, 'DeleteHealthCheck'],
  ['GET', /\/tags\/[^/]+\/[^/]+$/, 'ListTagsForResource'],
  ['POST', /\/tags\/[^/]+\/[^/]+$/, 'ChangeTagsForResource'],
];

const LAMBDA: readonly Route[] = [
  ['POST', /\/functions\/[^/]+\/invocations$/, 'Invoke'],
  ['GET', /\/functions\/?$/, 'ListFunctions'],
  ['GET', /\/functions\/[^/]+$/, 'GetFunction'],
  ['GET', /\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
  ['PUT', /\/functions\/[^/]+\/configuration$/, 'UpdateFunctionConfiguration'],
  ['PUT', /\/functions\/[^/]+\/code$/, 'UpdateFunctionCode'],
];

/** AppConfig and AppConfigData sign alike. */
const APPCONFIG: readonly Route[] = [
  ['POST', /\/configurationsessions$/, 'StartConfigurationSession'],
  ['GET', /\/configuration$/, 'GetLatestConfiguration'],
  ['GET', /\/applications$/, 'ListApplications'],
  ['GET', /\/applications\/[^/]+\/environments$/, 'ListEnvironments'],
  ['GET', /\/applications\/[^/]+\/configurationprofiles$/, 'ListConfigurationProfiles'],
  ['POST', /\/applications\/[^/]+\/environments\/[^/]+\/deployments$/, 'StartDeployment'],
  ['GET', /\/applications\/[^/]+\/environments\/[^/]+\/deployments\/[^/]+$/, 'GetDeployment'],
  ['POST', /\/hostedconfigurationversions$/, 'CreateHostedConfigurationVersion'],
];

const APIGATEWAY: readonly Route[] = [
  ['GET', /\/v2\/apis$/, 'GetApis'],
  ['GET', /\/v2\/domainnames$/, 'GetDomainNames'],
  ['GET', /\/v2\/domainnames\/[^/]+\/apimappings$/, 'GetApiMappings'],
];

const S3: readonly Route[] = [
  ['GET', /^\/$/, 'ListBuckets'],
  ['HEAD', /^\/[^/]+\/?$/, 'HeadBucket'],
  ['PUT', /^\/[^/]+\/?$/, 'CreateBucket'],
  ['GET', /^\/[^/]+\/?$/, 'ListObjects'],
  ['HEAD', /^\/[^/]+\/.+/, 'HeadObject'],
  ['PUT', /^\/[^/]+\/.+/, 'PutObject'],
  ['GET', /^\/[^/]+\/.+/, 'GetObject'],
  ['POST', /^\/[^/]+\/.+/, 'CompleteMultipartUpload'],
  ['DELETE', /^\/[^/]+\/.+/, 'DeleteObject'],
];

const ROUTES: Readonly<Record<string, readonly Route[]>> = {
  route53: ROUTE53,
  lambda: LAMBDA,
  appconfig: APPCONFIG,
  apigateway: APIGATEWAY,
  s3: S3,
};

/** Name of a REST service's action; method and path themselves where no name is known. */
export function restAction(service: string, method: string, url: URL): string {
  const known = ROUTES[service]?.find(([verb, path]) => verb === method && path.test(url.pathname));
  if (known === undefined) return `${method} ${url.pathname}`;
  return service === 's3' ? s3Action(known[2], url.searchParams) : known[2];
}

/** Sub-resources of S3 (`?location`, `?policy`, `?encryption`) are actions of their own. */
function s3Action(action: string, query: URLSearchParams): string {
  const sub = [...query.keys()].find(key => query.get(key) === '' && /^[a-z]+$/.test(key));
  return sub === undefined ? action : `${action}?${sub}`;
}
