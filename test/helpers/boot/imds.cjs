// Instance metadata, version 2 only: no answer without a token.
const { createServer } = require('node:http');
const { readFileSync, writeFileSync } = require('node:fs');

const TOKEN = 'token-of-this-boot';
createServer((request, response) => {
  if (request.method === 'PUT' && request.url === '/latest/api/token') return void response.end(TOKEN);
  if (request.headers['x-aws-ec2-metadata-token'] !== TOKEN) response.statusCode = 401;
  else if (request.url === '/latest/meta-data/instance-id') return void response.end('i-0123456789abcdef0');
  else if (request.url === '/latest/meta-data/autoscaling/target-lifecycle-state') {
    // What the group wants of the instance; a test changes it while the machine runs.
    return void response.end(readFileSync(process.argv[3], 'utf8').trim());
  } else response.statusCode = 404;
  response.end();
}).listen(80, '169.254.169.254', () => writeFileSync(process.argv[2], ''));
