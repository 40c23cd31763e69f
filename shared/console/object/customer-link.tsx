import { isSuccess, rowsOfReply, runFunction } from '../api/calls.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { IdLink } from '../ui/value.tsx';
import { rowTitle } from './row-title.ts';

/** Links the customer of an object. One request to Stripe reads the customer, whose name then appears. */
export function CustomerLink({ id }: { readonly id: string }) {
  const { data: title } = useLoaded(`customer ${id}`, async () => {
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: 'Customer', entityId: id } });
    return isSuccess(reply) ? rowTitle(rowsOfReply(reply)[0] ?? {}) : '';
  });
  return (
    <>
      {title !== undefined && title !== '' && <strong>{title} </strong>}
      <IdLink id={id} entity="Customer" />
    </>
  );
}
