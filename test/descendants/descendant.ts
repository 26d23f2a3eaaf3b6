import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../deploy/local/ports.ts';
import { root } from '../../deploy/local/services.ts';
import type { Platform } from '../../deploy/platform/define-platform.ts';
import { publicService, toEnvName, toServices } from '../../deploy/platform/derived.ts';

const execute = promisify(execFile);

/** Variables that `npm run` sets for its scripts. An npm in another folder must not inherit them. */
const OF_THIS_RUN = /^(?:npm_|INIT_CWD$|NODE_ENV$|VITEST)/;
/** Length of the shown end of a step's output, in characters. */
const SHOWN = 4000;

interface Result {
  /** `null` if a signal ended the program. */
  readonly code: number | null;
  readonly output: string;
}

/** A clone of the committed files in a temporary folder, which commands turn into another platform. */
export class Descendant {
  readonly root: string;
  readonly #logs: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, logs: string) {
    this.root = folder;
    this.#logs = logs;
    this.#env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THIS_RUN.test(name)));
    this.#env['PATH'] = this.#env['PATH']
      ?.split(':')
      .filter((folder) => !folder.endsWith('node_modules/.bin'))
      .join(':');
  }

  /** Clones the repository. Output of its steps goes to `.data/descendants/TITLE/`. */
  static async create(title: string): Promise<Descendant> {
    const logs = join(root, '.data', 'descendants', title.replaceAll(/[^\w.-]+/g, '-'));
    await rm(logs, { recursive: true, force: true });
    await mkdir(logs, { recursive: true });
    const folder = await mkdtemp(join(tmpdir(), 'descendant-'));
    const descendant = new Descendant(folder, logs);
    await descendant.run('git', 'clone', '--quiet', root, '.');
    await descendant.run('git', 'config', 'user.name', 'A team');
    await descendant.run('git', 'config', 'user.email', 'team@example.org');
    await descendant.run('npm', 'ci', '--no-audit', '--no-fund');
    return descendant;
  }

  /** Runs `npm run platform` commands with a commit after each, and installs their packages. */
  async change(commands: readonly string[]): Promise<void> {
    for (const words of commands) {
      await this.run('npm', 'run', 'platform', '--', ...words.split(' '));
      await this.run('git', 'commit', '--quiet', '--all', '-m', `Run platform ${words}`);
    }
    await this.run('npm', 'ci', '--no-audit', '--no-fund');
  }

  /** @throws Error with the end of the output if the program fails */
  async run(program: string, ...args: string[]): Promise<void> {
    const { code, output } = await this.attempt(program, ...args);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${output}`);
  }

  /** Runs a program with its output in a log, and resolves with its exit code and the end of its output. */
  async attempt(program: string, ...args: string[]): Promise<Result> {
    const name = [program, ...args].join(' ').replaceAll(/[^\w.-]+/g, '-');
    const path = join(this.#logs, `${name.slice(0, 80)}.log`);
    await using log = await open(path, 'w');
    const started = spawn(program, args, {
      cwd: this.root,
      env: this.#env,
      stdio: ['ignore', log.fd, log.fd],
    });
    const [code] = (await once(started, 'exit')) as [number | null];
    return { code, output: (await readFile(path, 'utf8')).slice(-SHOWN) };
  }

  /** Reads the manifest in a process of its own, because Vitest would transform it. */
  async platform(): Promise<Platform> {
    const script =
      "import('./platform.config.ts').then(({ platform }) => console.log(JSON.stringify(platform)))";
    const { stdout } = await execute(process.execPath, ['-e', script], { cwd: this.root });
    return JSON.parse(stdout) as Platform;
  }

  /** Starts the demo on free ports. */
  async startDemo(): Promise<Demo> {
    const platform = await this.platform();
    const services = toServices(platform);
    const ports = await freePorts(services.length);
    const variables = services.map(({ name }, nth) => [`${toEnvName(name)}_PORT`, String(ports[nth])]);
    const env = { ...this.#env, ...Object.fromEntries(variables) };
    await using log = await open(join(this.#logs, 'demo.log'), 'w');
    const demo = spawn('npm', ['run', 'demo'], { cwd: this.root, env, stdio: ['ignore', log.fd, log.fd] });
    const ended = once(demo, 'exit').then(([code]) => {
      throw new Error(`the demo ended with ${String(code)}; see ${this.#logs}/demo.log`);
    });
    const url = `http://localhost:${ports[services.findIndex(({ name }) => name === publicService(platform).name)]}`;
    const command = async (...words: string[]): Promise<void> => {
      const sent = spawn('npm', ['run', '--silent', 'demo', '--', ...words], {
        cwd: this.root,
        env,
        stdio: 'ignore',
      });
      await once(sent, 'exit');
    };
    return {
      url,
      command,
      ended,
      stop: async () => {
        await Promise.all([ended.catch(() => undefined), command('stop')]);
      },
    };
  }

  async delete(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

export interface Demo {
  readonly url: string;
  /** Rejects when the demo ends. */
  readonly ended: Promise<never>;
  /** Runs `npm run demo -- WORDS`. */
  readonly command: (...words: string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
