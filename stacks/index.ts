/** The composition: a whole application, Region by Region. */

export { buildApp } from './build-app';
export { DataStack, type DataStackProps } from './data-stack';
export { DnsStack, type DnsStackProps } from './dns-stack';
export { FoundationStack } from './foundation-stack';
export { NetworkStack } from './network-stack';
export { OperationsStack, type OperationsStackProps } from './operations-stack';
export type { RegionContext, RegionStackProps } from './region-context';
export { type BlueprintOptions, RegionStage, type RegionStageProps } from './region-stage';
export { ServiceStack, type ServiceStackProps } from './service-stack';
