/** The parts of a deep link: `#/entity/Customer/Create?Email=a@b.co` has three segments and one parameter. */
export interface ConsoleRoute {
  readonly segments: readonly string[];
  readonly params: URLSearchParams;
}

export function parseHash(hash: string): ConsoleRoute {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const segments = path.split('/').filter((segment) => segment !== '');
  return { segments: segments.map(decodedSegment), params: new URLSearchParams(query) };
}

/** A segment that is not valid percent-encoding is used unchanged. */
function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Returns the hash of a deep link. Undefined and empty parameters are omitted. */
export function hashOf(segments: readonly string[], params: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  ).toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}
