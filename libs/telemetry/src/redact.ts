const REDACTED = '[redacted]';

/** Members that hold a secret, whatever they are a member of: a string, or a list of strings. */
const secretMembers =
  /("(?:authorization|cookie|set-cookie|idempotency-key|password|secret|[\w-]*token)":)(?:"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*",?)*\])/gi;
/** What a command carried, in an error of ioredis: a password, somebody's order. A Buffer in it is a list in the list. */
const commandArguments = /("args":)\[(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^[\]"])*\]/g;
const bearerTokens = /\bBearer [\w.~+/=-]+/gi;
const webTokens = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const emailAddresses = /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}/gi;

/**
 * Takes secrets and e-mail addresses out of a line of JSON, wherever they are in it: in a member of any object, in a
 * message, in an error and its causes. What is left is JSON still.
 */
export function redact(line: string): string {
  const redacted = line
    .replace(secretMembers, `$1"${REDACTED}"`)
    .replace(commandArguments, `$1"${REDACTED}"`)
    .replace(bearerTokens, REDACTED)
    .replace(webTokens, REDACTED);
  return /@|%40/.test(redacted) ? redacted.replace(emailAddresses, REDACTED) : redacted;
}
