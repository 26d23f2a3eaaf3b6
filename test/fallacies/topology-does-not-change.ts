import { expect, it } from 'vitest';
import { type Stage, getPage } from './stage.ts';

/** Endpoints move. */
export function topologyDoesNotChange(stage: () => Stage): void {
  it('an endpoint that is down costs no page anything, and gets no more calls', async () => {
    const { url, toOptional, nextFilm } = stage();
    const [gone, left] = toOptional.get('recommendations')!;
    gone.set({ reply: { kind: 'reset' } });
    for (let nth = 0; nth < 12; nth++) expect((await getPage(url, nextFilm())).degraded).toEqual([]);
    const endpoints = await fetchEndpoints(url);
    expect(endpoints.find((endpoint) => endpoint.url.endsWith(`:${left.port}`))).toMatchObject({
      ejectedMs: 0,
    });
    const { ejectedMs } = endpoints.find((endpoint) => endpoint.url.endsWith(`:${gone.port}`))!;
    expect(ejectedMs).toBeGreaterThan(0);
  });
}

async function fetchEndpoints(url: string) {
  const response = await fetch(`${url}/ops/resilience`);
  const { upstreams } = (await response.json()) as {
    upstreams: { name: string; endpoints: { url: string; ejectedMs: number }[] }[];
  };
  return upstreams.find(({ name }) => name === 'recommendations')!.endpoints;
}
