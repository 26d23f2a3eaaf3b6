import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly mem_limit?: string;
}
const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};

/** The servers written in Go, whose runtime reads GOMEMLIMIT. */
const GO_SERVERS = ['jaeger', 'prometheus', 'grafana', 'otel-collector'];
/** The rest is for memory that the Go runtime does not count. */
const SHARE = 0.8;

describe('the memory of a container', () => {
  it.each(GO_SERVERS)('of %s lets Go use 80 percent of the limit', (name) => {
    const { environment = {}, mem_limit: limit } = services[name]!;
    const limitMiB = Number(/^(\d+)m$/.exec(limit ?? '')?.[1]);
    expect(environment['GOMEMLIMIT']).toBe(`${Math.floor(limitMiB * SHARE)}MiB`);
  });

  it('of any other server is not limited for Go', () => {
    const limited = Object.keys(services).filter((name) => services[name]!.environment?.['GOMEMLIMIT']);
    expect(limited).toEqual(GO_SERVERS);
  });

  it('of Jaeger holds a number of traces for which it was measured', () => {
    const options = services['jaeger']?.command ?? [];
    const storage = 'extensions.jaeger_storage.backends.some_storage.memory';
    expect(options).toEqual([`--set=${storage}.max_traces=20000`]);
  });
});
