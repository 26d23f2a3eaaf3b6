import type { ResilienceExecutor } from '@film-store/core';

/** A client without policies around it: those are the business of other specs. */
export const unguarded = <Client>(client: Client): ResilienceExecutor<Client> => ({
  execute: (work) => work(client),
});
