import { hashOf } from '../../state/route.ts';

/** The id of an operation, as a link to its record. */
export function OperationLink({ operationId }: { readonly operationId: string }) {
  return (
    <a className="id" href={hashOf(['operations', operationId])}>
      {operationId}
    </a>
  );
}
