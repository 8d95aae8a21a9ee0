/**
 * What a canary runs: plain JavaScript that needs nothing but Node, so that it can be run anywhere. Each check is asked on a
 * connection of its own, name and handshake included, as a new client would; the run fails with every reason at once.
 */
export const CANARY_SCRIPT = `
const clients = { 'http:': require('node:http'), 'https:': require('node:https') };

const ask = check => new Promise((resolve, reject) => {
  const started = process.hrtime.bigint();
  const url = new URL(check.url);
  const late = () => reject(new Error('no answer within ' + check.withinMilliseconds + ' ms'));
  const timer = setTimeout(() => { request.destroy(); late(); }, check.withinMilliseconds);
  const options = { method: 'GET', agent: false, headers: { 'user-agent': 'holdfast-canary' } };
  const request = clients[url.protocol].request(url, options, answer => {
    answer.on('error', reject);
    answer.resume().on('end', () => {
      clearTimeout(timer);
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      if (answer.statusCode === check.status) resolve(milliseconds);
      else reject(new Error('status ' + answer.statusCode + ' instead of ' + check.status));
    });
  });
  request.on('error', error => { clearTimeout(timer); reject(error); }).end();
});

exports.handler = async () => {
  const checks = JSON.parse(process.env.CHECKS);
  const results = await Promise.allSettled(checks.map(ask));
  const wrong = results.flatMap((result, index) =>
    result.status === 'fulfilled' ? [] : [checks[index].url + ': ' + (result.reason.message || result.reason.code)]);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return checks.length + ' checks passed';
};
`;
