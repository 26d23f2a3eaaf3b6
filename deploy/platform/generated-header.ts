/** The first words of every file that is generated as a whole. */
export const GENERATED = 'Generated from platform.config.ts by `npm run platform -- generate`.';
