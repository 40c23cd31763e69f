import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseForm } from '../../shared/sandbox/protocol/parameters/form.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { FakeStripeError, type FakeReply } from '../support/fake-stripe.ts';

export interface StripeOverHttp {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the replies of a fake Stripe to functions that run in processes of their own. It takes GET requests. */
export async function startStripeOverHttp(reply: (request: StripeRequest) => FakeReply): Promise<StripeOverHttp> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://stripe');
    const account = request.headers['stripe-account'] ?? request.headers['stripe-context'];
    const replied = reply({
      method: 'GET',
      path: pathname,
      params: parseForm(search.slice(1)),
      ...(typeof account === 'string' ? { account } : {}),
    });
    const isError = replied instanceof FakeStripeError;
    response.writeHead(isError ? replied.status : 200, {
      'content-type': 'application/json',
      'request-id': `req_${(requests += 1)}`,
    });
    response.end(JSON.stringify(isError ? { error: replied.error } : replied));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
