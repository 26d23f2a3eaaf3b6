import { PGlite } from '@electric-sql/pglite';

// The entry of the process that `initializePglite` starts. It must not outlive its parent.
process.on('disconnect', () => process.exit(1));
await (await PGlite.create(process.argv[2])).close();
process.exit(0);
