import { invalidArgument } from '../../errors.ts';

/**
 * Parses the query of a URL. Throws if a percent-encoded part is not UTF-8, which `URLSearchParams` would replace without
 * an error.
 */
export function parseQuery(url: string): URLSearchParams {
  const at = url.indexOf('?');
  const query = at === -1 ? '' : url.slice(at + 1);
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    // Only checks the encoding: an error names the parameter.
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
