/** A name and `=`, where it is a word: what stands without one may be a value, such as a token. */
const pairs = /([?&](?:[a-z_-]{1,24}=)?)[^&]*/gi;

/**
 * An address without what its query says, `/books?q=REDACTED`, for logs and traces: that may be a secret or somebody's
 * name, in any spelling. `REDACTED` is the word of the semantic conventions for `url.full`.
 */
export function withoutQueryValues(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query) + url.slice(query).replace(pairs, '$1REDACTED');
}
