import { isSuccess, rowsOfReply, runFunction } from '../api/calls.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { IdLink } from '../ui/value.tsx';
import { rowTitle } from './row-title.ts';

/** The customer of an object, with the name once it is read: one request to Stripe. */
export function CustomerLink({ id }: { readonly id: string }) {
  const { data } = useLoaded(`customer ${id}`, async () => {
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: 'Customer', entityId: id } });
    return isSuccess(reply) ? rowTitle(rowsOfReply(reply)[0] ?? {}) : '';
  });
  return (
    <>
      {data !== undefined && data !== '' && <strong>{data} </strong>}
      <IdLink id={id} entity="Customer" />
    </>
  );
}
