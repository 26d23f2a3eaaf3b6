/** Receives log records: named fields and a sentence. Loggers of pino and nestjs-pino have this form. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type NestLogger = Record<'debug' | 'log' | 'warn' | 'error', (message: unknown) => void>;

/** Returns a `Logger` that writes an object with the fields and the message to a logger of Nest. */
export const fromNestLogger = (nest: NestLogger): Logger => ({
  debug: (fields, message) => nest.debug({ ...fields, message }),
  info: (fields, message) => nest.log({ ...fields, message }),
  warn: (fields, message) => nest.warn({ ...fields, message }),
  error: (fields, message) => nest.error({ ...fields, message }),
});
