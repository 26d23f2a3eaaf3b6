import { parseDuration } from '../fault-commands.ts';
import { CompareError, Comparisons } from './compare.ts';
import { type CompareServer, startCompareServer } from './server.ts';

/** The comparisons of the demo. */
export interface Compare extends CompareServer {
  /** Executes `compare [SCENARIO] [TIME]` or `compare stop`, and resolves with the response. @param words after `compare` */
  execute(words: readonly string[]): Promise<string>;
}

/** @param controlRoomUrl address of the control room, which the page links to */
export async function startCompare(controlRoomUrl: string): Promise<Compare> {
  const comparisons = new Comparisons();
  const server = await startCompareServer(comparisons, controlRoomUrl);
  const execute = async ([name, time, ...rest]: readonly string[]): Promise<string> => {
    if (name === 'stop') {
      await comparisons.stop();
      return 'no comparison runs';
    }
    if (rest.length > 0) return 'compare takes a scenario and a time, such as: compare catalog-hang 30s';
    const faultMs = time === undefined ? undefined : (parseDuration(time) ?? Number.NaN);
    try {
      const { title } = comparisons.start(name, faultMs === undefined ? undefined : faultMs / 1000);
      return `comparing, ${title.toLowerCase()}: ${server.url}`;
    } catch (error) {
      if (error instanceof CompareError) return error.message;
      throw error;
    }
  };
  return { ...server, execute };
}
