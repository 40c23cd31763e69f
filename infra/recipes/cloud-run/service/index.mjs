/**
 * Takes Stripe's events from a push subscription or from Eventarc: both post {message, subscription}.
 * https://docs.cloud.google.com/pubsub/docs/push
 *   TYPES   types that it handles, separated by commas: invoice.paid, invoice.*, or *
 * Any status but 2xx lets Pub/Sub deliver again, and puts the message to the dead letters in the end.
 */
import http from 'node:http';

const TYPES = (process.env.TYPES ?? '*').split(',');
const MAX_REMEMBERED = 10_000;

/** Latest state time of each object. Replace it by a document of your database: an instance forgets it when it ends. */
const stateTimes = new Map();

const isHandled = (type) =>
  TYPES.some((one) => one === '*' || (one.endsWith('.*') ? type.startsWith(one.slice(0, -1)) : type === one));

/** Your code: `object` as Stripe had it at `stateTime`. It may be called again for the same state. */
async function apply({ type, account, object, stateTime }) {
  console.log(JSON.stringify({ severity: 'INFO', message: 'applied', type, account, object: object.id, stateTime }));
}

/** The event and its attributes: of a push, or of a CloudEvent in HTTP binary mode as `npm run events -- replay --to` sends it. */
function received(headers, body) {
  if (body.message !== undefined)
    return {
      attributes: body.message.attributes,
      event: JSON.parse(Buffer.from(body.message.data, 'base64').toString('utf8')),
    };
  const names = ['type', 'account', 'objectId', 'stateTime'];
  return {
    attributes: Object.fromEntries(names.map((name) => [name, headers[`x-${name.toLowerCase()}`]])),
    event: body,
  };
}

/** Returns what it did with a delivery. */
async function handle(headers, body) {
  const { attributes, event } = received(headers, body);
  const { type, account, objectId, stateTime } = attributes;
  if (!isHandled(type)) return 'skipped';
  const key = `${account} ${objectId}`;
  // Stripe sends in no order. Two changes within a second have one time, so only an older state is dropped.
  if ((stateTimes.get(key) ?? '') > stateTime) return 'older';
  await apply({ type, account, object: event.data.object, stateTime });
  stateTimes.delete(key);
  stateTimes.set(key, stateTime);
  if (stateTimes.size > MAX_REMEMBERED) stateTimes.delete(stateTimes.keys().next().value);
  return 'applied';
}

const server = http.createServer(async (request, response) => {
  let status = 200;
  let result;
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    result = await handle(request.headers, JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    status = 500;
    result = 'failed';
    console.log(JSON.stringify({ severity: 'ERROR', message: 'not applied', stack_trace: error.stack }));
  }
  response.writeHead(status, { 'content-type': 'text/plain' }).end(result);
});
server.listen(Number(process.env.PORT ?? 8080), () =>
  console.log(JSON.stringify({ severity: 'INFO', message: 'listening' })),
);
process.on('SIGTERM', () => server.close());
