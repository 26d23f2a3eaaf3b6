type Fields = Readonly<Record<string, unknown>>;

/** Receives what a library logs: named fields and a sentence. Loggers of pino and nestjs-pino have this form. */
export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** The part of Nest's `Logger` that `fromNestLogger` needs. */
export interface NestLogger {
  debug(message: string): void;
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Returns a `Logger` that writes messages to a logger of Nest, with their fields as JSON behind them. */
export function fromNestLogger(nest: NestLogger): Logger {
  const line = (fields: Fields, message: string): string =>
    `${message} ${JSON.stringify(fields, writeErrors)}`;
  return {
    debug: (fields, message) => nest.debug(line(fields, message)),
    info: (fields, message) => nest.log(line(fields, message)),
    warn: (fields, message) => nest.warn(line(fields, message)),
    error: (fields, message) => nest.error(line(fields, message)),
  };
}

/** Errors have no members that JSON shows. */
const writeErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? (value.stack ?? value.message) : value;
