import type { ResilienceExecutor } from '@film-store/core';

/** Executes work on a client without policies. */
export const unguarded = <Client>(client: Client): ResilienceExecutor<Client> => ({
  execute: (work) => work(client),
});
