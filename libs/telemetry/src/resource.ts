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

/** By the names of `OTEL_NODE_RESOURCE_DETECTORS`. A later detector overrides an earlier one. */
const detectors: Readonly<Record<string, readonly ResourceDetector[]>> = {
  // Creates one id per process.
  serviceinstance: [serviceInstanceIdDetector],
  process: [processDetector],
  host: [hostDetector],
  os: [osDetector],
  env: [resourceAttributesEnvDetector, serviceNameEnvDetector],
};

/**
 * Returns the resource of this process, the same for traces and metrics. `service.instance.id` distinguishes replicas.
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override detected attributes.
 * @param service the name if the environment has none
 * @param namespace the `service.namespace` if the environment has none
 */
export async function createResource(
  values: OtelEnv,
  service: string,
  namespace?: string,
): Promise<Resource> {
  const names = values.OTEL_NODE_RESOURCE_DETECTORS?.split(',') ?? ['all'];
  const chosen = Object.entries(detectors).flatMap(([name, group]) =>
    names.includes('all') || names.includes(name) ? group : [],
  );
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': service,
        ...(namespace !== undefined && { 'service.namespace': namespace }),
      }),
    )
    .merge(detectResources({ detectors: chosen }));
  await resource.waitForAsyncAttributes?.();
  return resource;
}

/** Returns the attributes for scrapes, which are public: without command line, user and host. */
export const toPublicResource = ({ attributes }: Resource): Resource =>
  resourceFromAttributes(
    Object.fromEntries(Object.entries(attributes).filter(([name]) => /^(?:service|deployment)\./.test(name))),
  );

/** Returns the name of the application of an entry file such as `apps/shop/src/main.js`. */
export const findServiceName = (entry = ''): string =>
  /apps[\\/]([^\\/]+)[\\/]/.exec(entry)?.[1] ?? 'unknown';
