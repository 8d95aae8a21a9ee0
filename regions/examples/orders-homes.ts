import { defineTopology } from '../topology';
import orders from './orders';

/**
 * The reference application with two homes: the east's customers are written in Ohio, the west's in Oregon, and each
 * Region can take over the other's.
 */
export default defineTopology({
  ...orders,
  mode: 'active-active',
  homes: [
    { name: 'east', seed: 'us-east-2' },
    { name: 'west', seed: 'us-west-2' },
  ],
});
