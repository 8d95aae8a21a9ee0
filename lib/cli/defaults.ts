/** Divides every interval, time to live and lease of the lab, unless told otherwise. */
export const DEFAULT_TIME_SCALE = 8;
/** Writes a second of the load beside a drill in the lab, unless told otherwise. */
export const DEFAULT_RATE = 50;
