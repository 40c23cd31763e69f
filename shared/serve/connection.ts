import type { Connector } from '../core/connector.ts';
import { checkOperationId } from '../core/ids.ts';
import { ConnectorError, invalid, unforeseen } from '../errors.ts';
import { answering } from './answering.ts';
import { methodNotAllowed } from './http.ts';
import { operationReport } from './operation-report.ts';

/** `/operations/{id}`, behind the function's own name on the local server. */
const OPERATION = /^(?:\/connection)?\/operations\/([^/]+)$/;

/** What the connection tells of itself: what became of an operation. It reads, and changes nothing. */
export function connectionFunction(connector: () => Connector) {
  return answering(connector, async ({ parts }, request) => {
    const [, id] = OPERATION.exec(request.path) ?? [];
    if (id === undefined)
      throw new ConnectorError('NOT_FOUND', 'there is GET /operations/{operationId}', { reason: 'NO_SUCH_PATH' });
    if (request.method !== 'GET') throw methodNotAllowed(request.method, 'GET', 'GET it');
    const operationId = decoded(id);
    checkOperationId('operationId', operationId);
    return operationReport(parts.operations, operationId).catch(unreadable);
  });
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw invalid([{ field: 'operationId', description: 'is not encoded as a part of a URL' }]);
  }
}

function unreadable(cause: unknown): never {
  if (unforeseen(cause).status !== 'INTERNAL') throw cause;
  throw new ConnectorError('UNAVAILABLE', 'the record cannot be read now', {
    reason: 'OPERATIONS_UNAVAILABLE',
    retryAfterMs: 1000,
    cause,
  });
}
