// What has to happen at once in the server: scripts of one key each, so that they run on a cluster too. A key is a hash:
// s soft and h hard time, d duration of the load, v text (absent: known not to exist), w version, l lease, u end of the
// lease, q quiet. Time is the server's: an age is the hard time less what is left of it.

/** Script and number of keys, as ioredis defines commands. */
export interface CacheScript {
  readonly numberOfKeys: 1;
  readonly lua: string;
}

const script = (lua: string): CacheScript => ({ numberOfKeys: 1, lua });

/** Stores ARGV from `first` on: soft, hard, load, version or '', '1' with a text that follows. */
const store = (first: number): string => `
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 's', ARGV[${first}], 'h', ARGV[${first + 1}], 'd', ARGV[${first + 2}])
if ARGV[${first + 3}] ~= '' then redis.call('HSET', KEYS[1], 'w', ARGV[${first + 3}]) end
if ARGV[${first + 4}] == '1' then redis.call('HSET', KEYS[1], 'v', ARGV[${first + 5}]) end
redis.call('PEXPIRE', KEYS[1], ARGV[${first + 1}])
return 1`;

/** The commands by their names. */
export const CACHE_SCRIPTS = {
  /** lease milliseconds, token -> {1, soft, hard, load, left, text} | {2} leased | {0} busy | {3} quiet */
  holdfastLookup: script(`
local f = redis.call('HMGET', KEYS[1], 's', 'h', 'd', 'v', 'l', 'q')
if f[1] then return {1, f[1], f[2], f[3], redis.call('PTTL', KEYS[1]), f[4]} end
if f[6] then return {3} end
if f[5] then return {0} end
redis.call('HSET', KEYS[1], 'l', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {2}`),
  /** lease milliseconds, token, '1' to take it from another -> 1 | 0 */
  holdfastClaim: script(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local f = redis.call('HMGET', KEYS[1], 's', 'l', 'u', 'q')
if f[4] then return 0 end
if f[2] and ARGV[3] ~= '1' and (not f[3] or tonumber(f[3]) > now) then return 0 end
redis.call('HSET', KEYS[1], 'l', ARGV[2], 'u', string.format('%.0f', now + ARGV[1]))
if not f[1] then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`),
  /** token, record -> 1 | 0 */
  holdfastFill: script(`
local f = redis.call('HMGET', KEYS[1], 'l', 'w')
if f[1] ~= ARGV[1] then return 0 end
if f[2] and ARGV[5] ~= '' and tonumber(f[2]) > tonumber(ARGV[5]) then
  redis.call('HDEL', KEYS[1], 'l', 'u')
  return 0
end${store(2)}`),
  /** record -> 1 | 0 */
  holdfastPut: script(`
local w = redis.call('HGET', KEYS[1], 'w')
if w and tonumber(w) >= tonumber(ARGV[4]) then return 0 end${store(1)}`),
  /** token -> 1 | 0 */
  holdfastRelease: script(`
local f = redis.call('HMGET', KEYS[1], 's', 'l')
if f[2] ~= ARGV[1] then return 0 end
if f[1] then redis.call('HDEL', KEYS[1], 'l', 'u') else redis.call('DEL', KEYS[1]) end
return 1`),
  /** quiet milliseconds -> 1 */
  holdfastRemove: script(`
redis.call('UNLINK', KEYS[1])
if tonumber(ARGV[1]) > 0 then
  redis.call('HSET', KEYS[1], 'q', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 1`),
} as const satisfies Readonly<Record<string, CacheScript>>;
