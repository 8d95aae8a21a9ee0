export { FunctionProcess, type FunctionProcessOptions } from './function-process';
