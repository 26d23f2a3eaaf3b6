import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';

const events: string[] = [];

/** Keeps the events that were logged; nestjs-pino has one root logger, so one serves a whole spec file. */
export const log = {
  logger: new PinoLogger<never>({
    pinoHttp: {
      logger: pino(
        {},
        {
          write: (line: string) => {
            events.push((JSON.parse(line) as { event: string }).event);
          },
        },
      ),
    },
  }),
  /** The events since the last call. */
  takeEvents: (): string[] => events.splice(0),
};
