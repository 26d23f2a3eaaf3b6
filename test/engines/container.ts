import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Container {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
}

/** Returns how Compose runs a server. */
export function readContainer(name: string): Container {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, Omit<Container, 'memoryMiB'> & { mem_limit: string }>;
  };
  const { command, environment, mem_limit: limit } = services[name]!;
  return { command, environment, memoryMiB: Number.parseInt(limit, 10) };
}

/**
 * Returns the resident memory of a server that is built on the collector, in MiB.
 * @param url its metrics
 */
export async function readMemory(url: string): Promise<number> {
  const metrics = await (await fetch(url)).text();
  return Number(/^otelcol_process_memory_rss(?:_bytes)?(?:\{.*\})? (.*)$/m.exec(metrics)?.[1]) / 2 ** 20;
}
