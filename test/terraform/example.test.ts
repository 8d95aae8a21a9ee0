// One synth of the example serves every suite about it.
import './example/configuration';
import './example/module';
import './example/parity-of-example';
import { exampleWorld } from './world';

afterAll(() => exampleWorld().remove());
