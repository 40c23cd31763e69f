import { invalid } from '../errors.ts';

/** A page of names in their order; the token is the last name of the page before. */
export function pageOf(
  names: readonly string[],
  size: number,
  token: string | undefined,
): { readonly names: readonly string[]; readonly nextPageToken?: string } {
  const sorted = [...names].sort();
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  if (after !== undefined && !sorted.includes(after))
    throw invalid([{ field: 'pageToken', description: 'is none that this method gave' }]);
  const from = after === undefined ? 0 : sorted.indexOf(after) + 1;
  const page = sorted.slice(from, from + size);
  const last = page.at(-1);
  if (last === undefined || from + size >= sorted.length) return { names: page };
  return { names: page, nextPageToken: Buffer.from(last, 'utf8').toString('base64url') };
}
