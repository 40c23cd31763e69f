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
    decodePathSegment(value.join('='), decodePathSegment(name, 'query'));
  }
  return new URLSearchParams(query);
}

/** Decodes one path segment. Throws an error for `field` if the segment is not percent-encoded UTF-8. */
export function decodePathSegment(part: string, field: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalidArgument([
      { field, description: 'is not valid percent-encoded UTF-8; encode it with encodeURIComponent' },
    ]);
  }
}
