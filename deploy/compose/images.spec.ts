import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { choiceOf, imageChoices, namedImages } from './images.ts';

it('every image can be chosen from outside, and is a version that is told in full without', () => {
  expect(namedImages.length).toBeGreaterThan(10);
  for (const named of namedImages)
    expect({ ...named, image: choiceOf(named)?.image }).toEqual({
      ...named,
      image: expect.stringMatching(/^[a-z\d.-]+(?:\/[a-z\d.-]+)*:[\w.-]+(?:@sha256:[\da-f]{64})?$/) as string,
    });
});

it('one variable is one image, wherever it is named', () => {
  const choices = namedImages.map((named) => JSON.stringify(choiceOf(named)));
  expect(new Set(choices).size).toBe(imageChoices.size);
  expect([...imageChoices.keys()]).toEqual([
    'FILM_STORE_IMAGE',
    'POSTGRES_IMAGE',
    'REDIS_IMAGE',
    'JAEGER_IMAGE',
    'PROMETHEUS_IMAGE',
    'GRAFANA_IMAGE',
    'OTEL_COLLECTOR_IMAGE',
    'NODE_IMAGE',
  ]);
});

it('every image of others is pinned to one version, as what CI tried is what runs', () => {
  const floating = [...imageChoices].filter(([, image]) => !/:v?\d+\.\d+(?:\.\d+)?(?:-|$)/.test(image));
  expect(floating).toEqual([['FILM_STORE_IMAGE', 'film-store:latest']]);
});

it('the image is built on the version of Node that everything else runs on', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: { node: string };
  };
  expect(imageChoices.get('NODE_IMAGE')).toBe(`node:${devDependencies.node}-bookworm-slim`);
});

it('what the image is built on is passed to its build, which alone knows the version', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: { setup: { build: { args: object } } };
  };
  expect(services.setup.build.args).toEqual({ NODE_IMAGE: '${NODE_IMAGE:-}' });
  expect(readFileSync('deploy/Dockerfile', 'utf8')).toMatch(/^ARG NODE_IMAGE\nFROM \$\{NODE_IMAGE:-/m);
});
