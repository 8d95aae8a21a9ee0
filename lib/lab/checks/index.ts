export { HealthChecker, type HealthCheckerOptions } from './checker';
export type { CheckStatus, Endpoint, HealthCheck } from './types';
