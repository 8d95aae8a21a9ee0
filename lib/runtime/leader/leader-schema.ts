/**
 * What leaders keep in PostgreSQL. Repeatable. `leader_leases` is only for those who keep leases there and not in the
 * register's table; `leader_fences` has one row a guarded resource, the newest token that ever wrote to it;
 * `leader_slots` one row a task, the newest slot that was worked.
 */
export const LEADER_SCHEMA = `
CREATE TABLE IF NOT EXISTS leader_leases (
  name text PRIMARY KEY,
  epoch bigint NOT NULL,
  term bigint NOT NULL,
  beat bigint NOT NULL,
  holder text,
  lease_milliseconds double precision NOT NULL
);
CREATE TABLE IF NOT EXISTS leader_fences (
  resource text PRIMARY KEY,
  epoch bigint NOT NULL,
  term bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS leader_slots (
  task text PRIMARY KEY,
  slot bigint NOT NULL
);
`;
