/** Partition key of the register's table; the run time's model (lib/runtime/register/register.ts) uses the same words. */
export const PARTITION_KEY = 'pk';
/** Key of the register's item. A test compares it with the run time's. */
export const REGISTER_KEY = 'register';
/** Key of the drill lock's item. A test compares it with the run time's. */
export const DRILL_LOCK_KEY = 'drill-lock';
/** Key of the copy of the newest drill's journal. A test compares it with the run time's. */
export const DRILL_JOURNAL_KEY = 'drill-journal';
/** Key of the release that is under way. A test compares it with the run time's. */
export const RELEASE_KEY = 'release';
/** Key of the lease of whoever moves weights in a Region. A test compares it with the run time's. */
export const shiftLeaseKey = (region: string): string => `shift-lease#${region}`;
