import type { Part } from './part.ts';

/** Without it, every feature is on. */
export const flags: Part = {
  name: 'flags',
  title: 'the feature flags',
  paths: [
    'apps/gateway/src/orders/orders-enabled.guard.ts',
    'apps/gateway/src/recommendations/personalized.flag.ts',
    'deploy/flags',
    'deploy/k8s/base/flags.yaml',
    'deploy/platform/parts/flags.ts',
    'libs/degradation/src/feature-disabled.ts',
    'libs/feature-flags',
    'libs/service/src/flags-environment.ts',
    'test/chaos/store/flags-file.ts',
    'test/contract/flags-file.spec.ts',
    'test/e2e/flags.spec.ts',
    'test/packages/libraries/feature-flags.ts',
  ],
  packages: [
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    '@openfeature/core',
    '@openfeature/flagd-core',
    '@openfeature/flagd-provider',
    '@openfeature/server-sdk',
  ],
};
