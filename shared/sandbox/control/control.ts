import type { ServerResponse } from 'node:http';
import { FAULTS, type Fault, type Faults } from './faults.ts';
import type { Received } from '../protocol/received.ts';

interface Controlled {
  readonly requests: Received[];
  readonly faults: Faults;
}

/**
 * Control over HTTP, for tests in other processes:
 * GET /_sandbox/requests, DELETE /_sandbox/requests, POST /_sandbox/faults (a fault as JSON), DELETE /_sandbox/faults.
 */
export function answerControl(
  machine: Controlled,
  where: string,
  method: string,
  body: string,
  response: ServerResponse,
): void {
  const answer = (status: number, value: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  switch (`${method} ${where}`) {
    case 'GET /_sandbox/requests':
      return answer(
        200,
        machine.requests.map(({ key: _key, ...shown }) => shown),
      );
    case 'DELETE /_sandbox/requests':
      machine.requests.length = 0;
      return answer(200, {});
    case 'DELETE /_sandbox/faults':
      machine.faults.clear();
      return answer(200, {});
    case 'POST /_sandbox/faults': {
      const fault = readFault(body);
      if (fault === undefined)
        return answer(400, {
          error: `a fault is {"kind": one of ${FAULTS.join(', ')}, "times"?, "share"?, "method"?, "path"?, "ms"?, "seconds"?}`,
        });
      machine.faults.add(fault);
      return answer(200, fault);
    }
    default:
      return answer(404, { error: 'there are /_sandbox/requests and /_sandbox/faults' });
  }
}

function readFault(body: string): Fault | undefined {
  try {
    const fault = JSON.parse(body) as Fault;
    return FAULTS.includes(fault.kind) ? fault : undefined;
  } catch {
    return undefined;
  }
}
