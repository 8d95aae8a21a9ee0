/** Adapters of the `Cloud` port: an AWS account, or a lab behind AWS_ENDPOINT_URL, by the same SDK clients. */
export { type AccountFacts, createAccountFacts } from './account-facts';
export type { ConnectionOptions } from './clients';
export { type AwsCloud, type AwsCloudOptions, createAwsCloud } from './cloud';
export { createDriftAccount, type OpenDriftAccount } from './drift-account';
export { createInterlockFacts, type InterlockFactsStore } from './interlock';
export { createReleaseCloud, type ReleaseCloud, type ReleaseCloudOptions } from './release';
export { controlCluster } from './routing-control-cluster';
export { type ControlSettings, readControlSettings } from './routing-control-settings';
export { type TurnedControls, turnControls } from './routing-controls';
export { createLevelReader, type LevelReader } from './service-level-history';
export { createLogSearch, type FoundLine, type LogSearch } from './trace-search';
