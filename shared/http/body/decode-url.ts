import { invalidArgument } from '../../errors.ts';

/** The query of an address. What is not UTF-8 behind its percent signs is bad input; `URLSearchParams` would replace it. */
export function parseQuery(url: string): URLSearchParams {
  const at = url.indexOf('?');
  const query = at === -1 ? '' : url.slice(at + 1);
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    decodePathSegment(value.join('='), decodePathSegment(name, 'query'));
  }
  return new URLSearchParams(query);
}

/** A part of a path, decoded; what is not encoded as one is bad input under `field`. */
export function decodePathSegment(part: string, field: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalidArgument([{ field, description: 'is not encoded as a part of a URL' }]);
  }
}
