import { invalidArgument } from '../../errors.ts';

/**
 * Parses the query of a URL. Throws if a percent-encoded part is not UTF-8. `URLSearchParams` reports no error for such
 * a part: it replaces the invalid bytes.
 */
export function parseQuery(url: string): URLSearchParams {
  const at = url.indexOf('?');
  const query = at === -1 ? '' : url.slice(at + 1);
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    // Checks the encoding of the name and of the value. The error for the value has the name of the parameter.
    decodePercent(value.join('='), decodePercent(name, 'query'));
  }
  return new URLSearchParams(query);
}

/** Decodes percent-encoded text. Throws an error for `field` if it is not UTF-8. */
export function decodePercent(part: string, field: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalidArgument([
      { field, description: 'is not valid percent-encoded UTF-8; encode it with encodeURIComponent' },
    ]);
  }
}
