import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { platform } from '../../platform.config.ts';
import { toEnvName } from '../platform/derived.ts';
import { parseChoice, imageChoices, namedImages } from './images.ts';

const ownImage = `${toEnvName(platform.name)}_IMAGE`;

it('lets a variable select every image, with a full version as its default', () => {
  expect(namedImages.length).toBeGreaterThan(10);
  for (const named of namedImages)
    expect({ ...named, image: parseChoice(named)?.image }).toEqual({
      ...named,
      image: expect.stringMatching(/^[a-z\d.-]+(?:\/[a-z\d.-]+)*:[\w.-]+(?:@sha256:[\da-f]{64})?$/) as string,
    });
});

it('has one default for each variable', () => {
  const choices = namedImages.map((named) => JSON.stringify(parseChoice(named)));
  expect(new Set(choices).size).toBe(imageChoices.size);
  expect([...imageChoices.keys()]).toEqual([
    ownImage,
    'POSTGRES_IMAGE',
    'REDIS_IMAGE',
    'JAEGER_IMAGE',
    'PROMETHEUS_IMAGE',
    'GRAFANA_IMAGE',
    'OTEL_COLLECTOR_IMAGE',
    'NODE_IMAGE',
  ]);
});

it('pins every third-party image to one version', () => {
  const floating = [...imageChoices].filter(([, image]) => !/:v?\d+\.\d+(?:\.\d+)?(?:-|@|$)/.test(image));
  expect(floating).toEqual([[ownImage, `${platform.name}:latest`]]);
});

it('builds on the version of Node that the npm scripts use', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: { node: string };
  };
  const [image] = imageChoices.get('NODE_IMAGE')!.split('@');
  expect(image).toBe(`node:${devDependencies.node}-bookworm-slim`);
});

it('has the versions whose engines test the configuration', () => {
  const build = readFileSync('test/engines/build.sh', 'utf8');
  const readVersion = (name: string): string | undefined =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(build)?.[1];
  const hasVersion = (variable: string): string | undefined =>
    /:v?([\d.]+)/.exec(imageChoices.get(variable) ?? '')?.[1];
  expect(hasVersion('OTEL_COLLECTOR_IMAGE')).toBe(readVersion('COLLECTOR'));
  // As a Go module, Prometheus 3.16.0 is 0.316.0.
  const [major, minor, patch] = hasVersion('PROMETHEUS_IMAGE')!.split('.');
  expect(readVersion('PROMETHEUS')).toBe(`0.${major}${minor?.padStart(2, '0')}.${patch}`);
  // Jaeger 2.13.0 and 1.76.0 are one release.
  expect([hasVersion('JAEGER_IMAGE'), readVersion('JAEGER')]).toEqual(['2.13.0', '1.76.0']);
});

it('passes the base image to the build, and only the Dockerfile has its version', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: { setup: { build: { args: object } } };
  };
  expect(services.setup.build.args).toEqual({ NODE_IMAGE: '${NODE_IMAGE:-}' });
  expect(readFileSync('deploy/Dockerfile', 'utf8')).toMatch(/^ARG NODE_IMAGE\nFROM \$\{NODE_IMAGE:-/m);
});
