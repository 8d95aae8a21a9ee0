// The tests of the lab tell one story and run in the order of their file names. Proofs run before all that shares
// their worker: once a test has used AsyncLocalStorage, every promise of that process costs several times as much.
const { default: Sequencer } = require('@jest/test-sequencer');

const key = ({ path }) => `${path.includes('/test/proofs/') ? 0 : 1}${path}`;

module.exports = class ByName extends Sequencer {
  sort(tests) {
    return [...tests].sort((left, right) => (key(left) < key(right) ? -1 : 1));
  }
};
