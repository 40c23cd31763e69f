import type { Request, Response } from '@google-cloud/functions-framework';
import type { Connector } from '../core/connector.ts';
import { unforeseen } from '../errors.ts';
import { atEnd, refuseWhileDraining } from './drain.ts';
import { refuse } from './http.ts';
import { inRequest } from './trace.ts';

/** An HTTP function that is no operation of its caller's: answers 200 with what the work gives, or the error that it throws. */
export function answering(connector: () => Connector, work: (built: Connector, request: Request) => Promise<unknown>) {
  return async (request: Request, response: Response): Promise<void> => {
    try {
      const built = connector();
      atEnd(built.end);
      refuseWhileDraining();
      response.status(200).json(await inRequest(built, request, () => work(built, request)));
    } catch (cause) {
      refuse(connector, response, unforeseen(cause), undefined);
    }
  };
}
