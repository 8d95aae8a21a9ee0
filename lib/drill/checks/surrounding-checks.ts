import type { Facts } from '../run/facts';
import { type Check, failed, judge, ok, unknown } from './check';

/** A certificate that ends sooner than this might end while nobody looks: renewal by ACM begins 60 days before. */
const CERTIFICATE_DAYS = 14;
/** Signatures of requests bear five minutes; the times of a report, which are compared with others', do not. */
const CLOCK_SECONDS = 10;

const quotas = ({ surroundings, from, to }: Facts): Check =>
  judge('quotas', surroundings.quotas.standby, there =>
    judge('quotas', surroundings.quotas.active, here => {
      const limits = here.map(({ name, limit }) => {
        const its = there.find(quota => quota.name === name)?.limit;
        return { name, limit, its };
      });
      const missing = limits.filter(({ its }) => its === undefined).map(({ name }) => name);
      if (missing.length > 0 || limits.length === 0) {
        return unknown('quotas', `not told for ${to}: ${missing.join(', ') || 'any quota'}`);
      }
      const low = limits.filter(({ its = 0, limit }) => its < limit);
      return low.length === 0
        ? ok('quotas', `${limits.length} quotas of ${to} are no lower than those of ${from}`)
        : failed(
            'quotas',
            low.map(({ name, its, limit }) => `${name}: ${its} in ${to}, ${limit} in ${from}`).join('; '),
            `ask AWS to raise them in ${to} (Service Quotas)`,
          );
    }),
  );

const keys = ({ surroundings, to }: Facts): Check =>
  judge('keys', surroundings.dataKey, state => {
    if (state === 'Enabled') return ok('keys', `the data key of ${to} is enabled`);
    return state === undefined
      ? failed('keys', `${to} has no data key`, 'deploy its foundation stack')
      : failed('keys', `the data key of ${to} is ${state}`, 'enable it, or cancel its deletion');
  });

const bootstrap = ({ surroundings, from, to }: Facts): Check =>
  judge('bootstrap', surroundings.bootstrap.standby, there =>
    judge('bootstrap', surroundings.bootstrap.active, here => {
      const text = `bootstrap ${here ?? 'missing'} in ${from}, ${there ?? 'missing'} in ${to}`;
      if (here !== undefined && here === there) return ok('bootstrap', text);
      const behind = (there ?? 0) < (here ?? 0) ? to : from;
      return failed(
        'bootstrap',
        text,
        `run \`cdk bootstrap\` for ${behind}, so that both can be deployed after`,
      );
    }),
  );

/** Days of every certificate, or the first thing that is wrong. */
export const certificates = ({ surroundings, to }: Facts): Check =>
  judge('certificates', surroundings.certificates, all => {
    const invalid = all.filter(fact => fact.invalid !== undefined);
    if (invalid.length > 0) {
      const text = invalid.map(({ host, invalid }) => `${host}: ${invalid}`).join('; ');
      return failed('certificates', text, `deploy a valid certificate in ${to}`);
    }
    const known = all.flatMap(({ host, days }) => ('value' in days ? [{ host, days: days.value }] : []));
    const soon = known.filter(({ days }) => days < CERTIFICATE_DAYS);
    if (soon.length > 0) {
      const text = soon.map(({ host, days }) => `${host} ends in ${Math.floor(days)} days`).join('; ');
      return failed('certificates', text, 'find out why ACM does not renew it (its validation record)');
    }
    const silent = all.filter(({ days }) => 'unknown' in days).map(({ host }) => host);
    if (silent.length > 0) return unknown('certificates', `no handshake with ${silent.join(', ')}`);
    const least = Math.floor(Math.min(...known.map(({ days }) => days)));
    return ok('certificates', `${known.length} certificates, valid for ${least} days and more`);
  });

/** Stacks that move or are stuck, of a Region whose answer is known. */
const busy = (region: string, stacks: readonly { name: string; status: string }[]): readonly string[] =>
  stacks
    .filter(({ status }) => /_IN_PROGRESS$|_FAILED$/.test(status))
    .map(({ name, status }) => `${name} in ${region} is ${status}`);

const deploys = ({ surroundings, from, to }: Facts): Check =>
  judge('deploys', surroundings.stacks.standby, there =>
    judge('deploys', surroundings.stacks.active, here => {
      if (there.length === 0) return failed('deploys', `${to} has no stack`, `deploy ${to} first`);
      const found = [...busy(from, here), ...busy(to, there)];
      return found.length === 0
        ? ok('deploys', `${here.length + there.length} stacks, none under way, none stuck`)
        : failed('deploys', found.join('; '), 'wait until the deploy has ended, or finish it');
    }),
  );

/** A failover waits for no deploy, and yet a person should know of one. */
const standbyDeploys = ({ surroundings, to }: Facts): Check =>
  judge('deploys', surroundings.stacks.standby, there => {
    const found = busy(to, there);
    if (there.length === 0) return unknown('deploys', `${to} has no stack`);
    return found.length === 0
      ? ok('deploys', `${there.length} stacks in ${to}, none under way, none stuck`)
      : unknown('deploys', found.join('; '), 'cancel the update, or');
  });

/** A drill that another process drives, or has left behind with its lock. */
export const drills = ({ surroundings }: Facts): Check =>
  judge('drills', surroundings.otherDrill, lock =>
    lock === undefined
      ? ok('drills', 'no other drill holds the lock')
      : failed(
          'drills',
          `${lock.drillId} of ${lock.holder} holds the drill lock`,
          'wait until it has ended; one whose process died goes on with `holdfast drill resume`',
        ),
  );

/** A move would change what a release stands on: which Region is released last, and which clones may be few. */
const releases = ({ surroundings }: Facts): Check =>
  judge('releases', surroundings.release, release => {
    if (release === undefined) return ok('releases', 'no release is under way');
    const until = new Date(release.until).toISOString();
    return failed(
      'releases',
      `release ${release.id} is in stage ${release.stage}, until about ${until}`,
      'wait for it, or run `holdfast release rollback`',
    );
  });

/** A failover waits for no release, which then stands still; a person should know of it. */
const urgentReleases = (facts: Facts): Check => {
  const check = releases(facts);
  return check.state === 'failed' ? unknown(check.id, check.text, 'roll it back, or') : check;
};

const clocks = ({ surroundings, to }: Facts): Check =>
  judge('clocks', surroundings.clockAhead, seconds => {
    const [amount, way] = [Math.abs(seconds).toFixed(1), seconds > 0 ? 'behind' : 'ahead of'];
    const text = `this machine is ${amount} s ${way} the clock of ${to}`;
    return Math.abs(seconds) <= CLOCK_SECONDS
      ? ok('clocks', text)
      : failed('clocks', text, 'set this machine by NTP: times of the report would mislead');
  });

/** A failover does not wait for a certificate: a person decides whether clients accept it. */
const urgentCertificates = (facts: Facts): Check => {
  const check = certificates(facts);
  return check.state === 'failed' ? unknown(check.id, check.text, 'replace it, or') : check;
};

/** What a planned move wants of its surroundings. */
export const SURROUNDING_CHECKS = [
  quotas,
  keys,
  bootstrap,
  certificates,
  deploys,
  drills,
  releases,
  clocks,
] as const;

/**
 * What a failover wants of them. Quotas, bootstrap and clocks would keep nobody from leaving a Region that is lost, and the
 * first two can only be compared with it.
 */
export const URGENT_CHECKS = [keys, urgentCertificates, standbyDeploys, drills, urgentReleases] as const;
