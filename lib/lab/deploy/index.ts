export { readAssembly, type StackReference } from './assembly';
export { type BootstrapPlace, bootstrap, bootstrapTemplate, type ControlPlaneAccess } from './bootstrap';
export { type DeployOptions, deployAssembly } from './deploy';
export { type BirthFacts, birthWaves, type Wave } from './waves';
