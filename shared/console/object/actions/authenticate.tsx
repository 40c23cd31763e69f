import type { OutputRow } from '../../api/calls.ts';
import { authenticationUrl } from '../row-title.ts';

/** Links the page on which the customer authenticates a payment. Renders nothing if the object has no such page. */
export function Authenticate({ row }: { readonly row: OutputRow | undefined }) {
  const url = authenticationUrl(row ?? {});
  if (url === undefined) return null;
  return (
    <p className="ambiguous">
      The customer must authenticate before it is paid:{' '}
      <a href={url} target="_blank" rel="noreferrer noopener">
        open the page
      </a>
    </p>
  );
}
