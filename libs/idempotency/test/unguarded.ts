import type { ResilienceExecutor } from '@film-store/core';

/** Executes work on a client without policies: other specs test those. */
export const unguarded = <Client>(client: Client): ResilienceExecutor<Client> => ({
  execute: (work) => work(client),
});
