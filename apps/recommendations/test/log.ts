import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';

const events: string[] = [];

/** Records logged events. nestjs-pino has one root logger, so all tests of a file share this one. */
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
  /** Returns the events since the last call. */
  takeEvents: (): string[] => events.splice(0),
};
