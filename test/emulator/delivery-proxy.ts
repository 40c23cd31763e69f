import http from 'node:http';

/** One delivery as it passed: the message and how the function answered. */
export interface Delivery {
  readonly messageId: string;
  readonly status: number;
  readonly body: string;
}

export interface DeliveryProxy {
  readonly url: string;
  readonly deliveries: Delivery[];
  close(): Promise<void>;
}

/** Stands between Pub/Sub's push and a function, and writes down every delivery. */
export async function startDeliveryProxy(target: () => string): Promise<DeliveryProxy> {
  const deliveries: Delivery[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void pass(Buffer.concat(chunks), request, response));
  });
  const pass = async (body: Buffer, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { message } = JSON.parse(body.toString('utf8')) as { message: { messageId?: string; message_id?: string } };
    const answer = await fetch(`${target()}${request.url ?? '/'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => undefined);
    const text = (await answer?.text().catch(() => '')) ?? '';
    deliveries.push({
      messageId: message.messageId ?? message.message_id ?? '',
      status: answer?.status ?? 0,
      body: text,
    });
    response.writeHead(answer?.status ?? 502, { 'content-type': 'application/json' }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    deliveries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
