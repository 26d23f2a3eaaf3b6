import { styleText } from 'node:util';
import type { OutputLine } from './process.ts';

const WARN = 40;
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: styleText('yellow', 'WARN'),
  50: styleText('red', 'ERROR'),
  60: styleText('red', 'FATAL'),
};

interface LogRecord {
  readonly level: number;
  readonly msg: string;
  readonly context: string | undefined;
  readonly error: string | undefined;
}

/** Formats a log record as level, context, message and error. Returns any other line unchanged. */
export function readableLine(text: string): string {
  const record = parse(text);
  if (!record) return text;
  const { level, context, msg, error } = record;
  const message = error === undefined || msg.includes(error) ? msg : `${msg}: ${error}`;
  return [levels[level] ?? `level ${level}`, context && `[${context}]`, message].filter(Boolean).join(' ');
}

/** Returns whether the terminal shows the line: warnings, errors, and unstructured output on stderr. */
export function isNotable({ stream, text }: OutputLine): boolean {
  const record = parse(text);
  return record ? record.level >= WARN : stream === 'stderr' && text.trim() !== '';
}

/** Parses a record of pino. Returns `undefined` for any other text. */
function parse(text: string): LogRecord | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(text) as Record<string, unknown>;
    if (typeof record['level'] !== 'number') return undefined;
    const error = record['err'];
    return {
      level: record['level'],
      msg: string(record['msg']) ?? '',
      context: string(record['context']),
      error:
        typeof error === 'object' && error !== null && 'message' in error ? string(error.message) : undefined,
    };
  } catch {
    return undefined;
  }
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
