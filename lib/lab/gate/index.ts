export { GateProcess, type GateProcessOptions } from './gate';
