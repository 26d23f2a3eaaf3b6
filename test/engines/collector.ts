import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readContainer } from './container.ts';
import { sendSpans } from './spans.ts';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { type Service, withReadiness } from '../../deploy/local/readiness.ts';

const CONFIG = 'deploy/otel-collector/config.yaml';

interface Policy {
  readonly name: string;
  readonly probabilistic?: { sampling_percentage: number };
}
interface Config {
  readonly receivers: { otlp: { protocols: object } };
  readonly processors: {
    memory_limiter: Record<string, string | number>;
    tail_sampling: { decision_wait: string; readonly policies: readonly Policy[] };
  };
  readonly exporters: Record<string, object>;
  readonly service: { readonly pipelines: { readonly traces: { exporters: string[] } }; telemetry?: object };
}

export interface Collector extends Service {
  /** Accepts traces by OTLP over HTTP. */
  readonly url: string;
  /** The metrics of the collector itself. */
  readonly metricsUrl: string;
  /** Receives what the collector keeps. */
  readonly jaeger: Awaited<ReturnType<typeof startOtlpCollector>>;
}

/**
 * Starts a collector with its configuration on free ports and with the memory of its container, and a receiver behind it.
 * @param change changes the configuration further
 */
export async function startCollector(
  program: string,
  change: (config: Config) => void = () => undefined,
): Promise<Collector> {
  const directory = await mkdtemp(join(tmpdir(), 'collector-'));
  const jaeger = await startOtlpCollector();
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const config = parse(await readFile(CONFIG, 'utf8')) as Config;
  config.receivers.otlp.protocols = { http: { endpoint: `127.0.0.1:${port}` } };
  const endpoint = jaeger.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  config.exporters['otlp_http/test'] = { endpoint, encoding: 'json', compression: 'none' };
  config.service.pipelines.traces.exporters = ['otlp_http/test'];
  const prometheus = { host: '127.0.0.1', port: metricsPort };
  config.service.telemetry = {
    metrics: { level: 'basic', readers: [{ pull: { exporter: { prometheus } } }] },
  };
  // Outside a container the percentages refer to the memory of the machine.
  const { memoryMiB, environment } = readContainer('otel-collector');
  const limiter = config.processors.memory_limiter;
  config.processors.memory_limiter = {
    check_interval: limiter['check_interval']!,
    limit_mib: Math.floor((Number(limiter['limit_percentage']) / 100) * memoryMiB),
    spike_limit_mib: Math.floor((Number(limiter['spike_limit_percentage']) / 100) * memoryMiB),
  };
  change(config);
  const file = join(directory, 'config.yaml');
  await writeFile(file, stringify(config));
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const collector = withReadiness({
    name: program,
    process: startProgram({
      command: program,
      args: ['--config', file],
      cwd: directory,
      env: { ...process.env, ...environment },
    }),
    probe: async () => (await sendSpans(url, []).catch(() => undefined))?.ok === true,
  });
  return {
    ...collector,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    jaeger,
    async stop() {
      const exit = await collector.stop();
      jaeger.close();
      await rm(directory, { recursive: true, force: true });
      return exit;
    },
  };
}
