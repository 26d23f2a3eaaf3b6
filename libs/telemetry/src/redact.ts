const REDACTED = '[redacted]';

/** Members with a secret at any depth: a string, or a list of strings. */
const secretMembers =
  /("(?:authorization|cookie|set-cookie|idempotency-key|password|secret|[\w-]*token)":)(?:"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*",?)*\])/gi;
/** Arguments of a command in an error of ioredis, such as a password or an order. A Buffer is a list within the list. */
const commandArguments = /("args":)\[(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^[\]"])*\]/g;
const bearerTokens = /\bBearer [\w.~+/=-]+/gi;
const webTokens = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const emailAddresses = /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}/gi;

/** Removes secrets and e-mail addresses from a line of JSON: from members, messages and errors. The line stays JSON. */
export function redact(line: string): string {
  const redacted = line
    .replace(secretMembers, `$1"${REDACTED}"`)
    .replace(commandArguments, `$1"${REDACTED}"`)
    .replace(bearerTokens, REDACTED)
    .replace(webTokens, REDACTED);
  return /@|%40/.test(redacted) ? redacted.replace(emailAddresses, REDACTED) : redacted;
}
