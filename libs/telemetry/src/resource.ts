import {
  type Resource,
  type ResourceDetector,
  defaultResource,
  detectResources,
  hostDetector,
  osDetector,
  processDetector,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import type { OtelEnv } from './otel-env.ts';

/** By the names of `OTEL_NODE_RESOURCE_DETECTORS`; what a later one finds replaces what an earlier one found. */
const detectors: Readonly<Record<string, readonly ResourceDetector[]>> = {
  // Makes its id once in a process.
  serviceinstance: [serviceInstanceIdDetector],
  process: [processDetector],
  host: [hostDetector],
  os: [osDetector],
  env: [resourceAttributesEnvDetector, serviceNameEnvDetector],
};

/**
 * Returns what this process is, the same for traces and metrics: `service.instance.id` tells replicas apart.
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` go before what is detected.
 * @param service the name where the environment has none
 */
export async function createResource(values: OtelEnv, service: string): Promise<Resource> {
  const asked = values.OTEL_NODE_RESOURCE_DETECTORS?.split(',') ?? ['all'];
  const chosen = Object.entries(detectors).flatMap(([name, found]) =>
    asked.includes('all') || asked.includes(name) ? found : [],
  );
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service }))
    .merge(detectResources({ detectors: chosen }));
  await resource.waitForAsyncAttributes?.();
  return resource;
}

/** What a scrape says of the process. Command line, user and host are not for everybody who reads metrics. */
export const publicResource = ({ attributes }: Resource): Resource =>
  resourceFromAttributes(
    Object.fromEntries(Object.entries(attributes).filter(([name]) => /^(?:service|deployment)\./.test(name))),
  );
