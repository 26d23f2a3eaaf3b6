import type { Part } from './part.ts';

export const k8s: Part = {
  name: 'k8s',
  title: 'the deployment on Kubernetes',
  paths: ['deploy/k8s', 'deploy/platform/lists/k8s', 'deploy/platform/parts/k8s.ts'],
  packages: ['kubernetes-models'],
};
