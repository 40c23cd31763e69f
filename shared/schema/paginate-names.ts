import { invalidArgument } from '../errors.ts';

/**
 * Returns the names after a page token, up to the first one for which `fits` is false. The token encodes the last name of
 * the previous page.
 */
export function pageOfNames(
  names: readonly string[],
  fits: (name: string, index: number) => boolean,
  token: string | undefined,
): { readonly names: readonly string[]; readonly nextPageToken?: string } {
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  if (after !== undefined && !names.includes(after))
    throw invalidArgument([
      { field: 'pageToken', description: 'is not a token of this method; send nextPageToken unchanged' },
    ]);
  const rest = names.slice(after === undefined ? 0 : names.indexOf(after) + 1);
  const end = rest.findIndex((name, index) => !fits(name, index));
  const page = end < 0 ? rest : rest.slice(0, end);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { names: page };
  return { names: page, nextPageToken: Buffer.from(last, 'utf8').toString('base64url') };
}
