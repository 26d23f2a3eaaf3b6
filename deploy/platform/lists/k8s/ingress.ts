import type { Platform } from '../../define-platform.ts';
import { publicService } from '../../derived.ts';
import { GENERATED } from '../../generated-header.ts';

/** Renders deploy/k8s/base/ingress.yaml: the way of clients to the public service. */
export function renderIngress(platform: Platform): string {
  const { name } = publicService(platform);
  const host = `${platform.name}.local`;
  return `# ${GENERATED} Changes by hand belong in overlays/.
# Exposes the API only. /health, /metrics, /ops and /docs stay inside the cluster.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
spec:
  ingressClassName: nginx
  tls:
    - hosts: [${host}]
      secretName: ${platform.name}-tls
  rules:
    - host: ${host}
      http:
        paths:
          - path: /api
            pathType: Prefix
            backend: { service: { name: ${name}, port: { name: http } } }
`;
}
