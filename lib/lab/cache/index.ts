export { CacheServer, type CacheServerOptions } from './cache';
