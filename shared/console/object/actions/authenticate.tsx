import type { OutputRow } from '../../api/calls.ts';
import { authenticationUrl } from '../row-title.ts';

/** The link to the page on which the customer authenticates; nothing if the object does not wait for it. */
export function Authenticate({ row }: { readonly row: OutputRow | undefined }) {
  const page = authenticationUrl(row ?? {});
  if (page === undefined) return null;
  return (
    <p className="ambiguous">
      The customer must authenticate before it is paid:{' '}
      <a href={page} target="_blank" rel="noreferrer noopener">
        open the page
      </a>
    </p>
  );
}
