import { invalid } from '../../errors.ts';

/** The query of an address. What is not UTF-8 behind its percent signs is bad input; `URLSearchParams` would replace it. */
export function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  const query = at === -1 ? '' : url.slice(at + 1);
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    decodedPart(value.join('='), decodedPart(name, 'query'));
  }
  return new URLSearchParams(query);
}

/** A part of a path, decoded; what is not encoded as one is bad input under `field`. */
export function decodedPart(part: string, field: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid([{ field, description: 'is not encoded as a part of a URL' }]);
  }
}
