import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';

const execute = promisify(execFile);
/** Longest time to build the image on a slow machine, in milliseconds. */
const LONGEST_MS = 15 * 60_000;
/** Longest time until the containers are healthy, in milliseconds. */
const HEALTHY_MS = 3 * 60_000;

/**
 * Containers of one compose file under a separate project name, so that other containers on this machine are not
 * affected.
 */
export class Compose {
  readonly #command: readonly [string, ...string[]];
  readonly #env: NodeJS.ProcessEnv;

  private constructor(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv) {
    this.#command = command;
    this.#env = env;
  }

  /**
   * Uses the plugin `docker compose` if it is installed, else `docker-compose`.
   * @param env environment for the files, with COMPOSE_PROJECT_NAME and COMPOSE_FILE
   * @throws Error if neither is installed
   */
  static async find(env: NodeJS.ProcessEnv): Promise<Compose> {
    for (const command of [['docker', 'compose'], ['docker-compose']] as [string, ...string[]][]) {
      const compose = new Compose(command, { ...process.env, ...env });
      const [{ status }] = await Promise.allSettled([compose.run('version')]);
      if (status === 'fulfilled') return compose;
    }
    throw new Error('neither `docker compose` nor `docker-compose` is installed');
  }

  /** @throws Error with the output if it fails */
  async run(...args: string[]): Promise<string> {
    const [program, ...first] = this.#command;
    return (await this.#execute(program, [...first, ...args])).trim();
  }

  /** Resolves when all containers are healthy. */
  async healthy(...services: string[]): Promise<void> {
    await eventually(async () => {
      for (const service of services) {
        const id = await this.run('ps', '-q', service);
        const health = await this.#execute('docker', ['inspect', '--format={{.State.Health.Status}}', id]);
        if (health.trim() !== 'healthy') throw new Error(`${service} is ${health.trim()}`);
      }
    }, HEALTHY_MS);
  }

  async #execute(program: string, args: string[]): Promise<string> {
    const { stdout } = await execute(program, args, { cwd: root, env: this.#env, timeout: LONGEST_MS });
    return stdout;
  }
}
