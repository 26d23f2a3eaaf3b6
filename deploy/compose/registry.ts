/** The kinds of manifests of an image for several platforms. */
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const DOCKER_HUB = 'https://registry-1.docker.io';

export interface RegistryOptions {
  /** Replaces the registry of every image, for tests. @default that of the image */
  readonly registry?: string;
}

/**
 * Returns the digest of a tag for all platforms, as `sha256:…` (OCI distribution specification 1.1, § 3.2).
 * @param image as in Compose, such as `redis:8.2.1-alpine` or `ghcr.io/owner/name:1.0`
 * @throws Error if the registry does not have the tag
 */
export async function findDigest(image: string, { registry }: RegistryOptions = {}): Promise<string> {
  const { host, repository, tag } = parseImage(image);
  const url = `${registry ?? host}/v2/${repository}/manifests/${tag}`;
  const request = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { method: 'HEAD', headers: { accept: INDEXES.join(', '), ...headers } });
  let response = await request();
  if (response.status === 401) {
    const token = await fetchToken(response.headers.get('www-authenticate') ?? '');
    response = await request({ authorization: `Bearer ${token}` });
  }
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!response.ok || !/^sha256:[\da-f]{64}$/.test(digest))
    throw new Error(`${image}: no digest from ${url}, status ${response.status}`);
  return digest;
}

/** `redis:8` is `library/redis:8` of Docker Hub. A first part with a dot or a port is another registry. */
function parseImage(image: string): { host: string; repository: string; tag: string } {
  const [, name = '', tag = ''] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]/.test(first))
    return { host: `https://${first}`, repository: rest.join('/'), tag };
  return { host: DOCKER_HUB, repository: rest.length > 0 ? name : `library/${name}`, tag };
}

/** Gets an anonymous token from the server that the challenge names. */
async function fetchToken(challenge: string): Promise<string> {
  const parameters = Object.fromEntries(
    Array.from(challenge.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]),
  ) as { realm: string; service: string; scope: string };
  const url = new URL(parameters.realm);
  url.search = new URLSearchParams({ service: parameters.service, scope: parameters.scope }).toString();
  const { token } = (await (await fetch(url)).json()) as { token: string };
  return token;
}
