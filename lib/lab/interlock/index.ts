export { Interlock, type InterlockOptions } from './interlock';
