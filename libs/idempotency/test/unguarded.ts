import type { Guarded } from '@film-store/resilience';

/** A client without policies around it: those are the business of other specs. */
export const unguarded = <Client>(client: Client): Guarded<Client> => ({ run: (work) => work(client) });
