/** A name and `=`. Text without a name may be a value, such as a token. */
const pairs = /([?&](?:[a-z_-]{1,24}=)?)[^&]*/gi;

/**
 * Redacts the values of a query, `/books?q=REDACTED`, for logs and traces: they may be secrets or names of people.
 * `REDACTED` is the word of the semantic conventions for `url.full`.
 */
export function withoutQueryValues(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query) + url.slice(query).replace(pairs, '$1REDACTED');
}
