/**
 * Receives Stripe's events from a push subscription or from Eventarc. Both post {message, subscription}.
 * https://docs.cloud.google.com/pubsub/docs/push
 *   TYPES   types that it handles, separated by commas: invoice.paid, invoice.*, or *
 * After a status other than 2xx Pub/Sub delivers the message again, and finally moves it to the dead letters.
 */
import http from 'node:http';

const TYPES = (process.env.TYPES ?? '*').split(',');
const MAX_REMEMBERED = 10_000;

/** The latest state time of each object. Keep it in your database instead: it is lost when the instance ends. */
const stateTimes = new Map();

const isHandled = (type) =>
  TYPES.some((one) => one === '*' || (one.endsWith('.*') ? type.startsWith(one.slice(0, -1)) : type === one));

/** Your code. `object` is the state of Stripe's object at `stateTime`. The function may be called again for this state. */
async function apply({ type, account, object, stateTime }) {
  console.log(JSON.stringify({ severity: 'INFO', message: 'applied', type, account, object: object.id, stateTime }));
}

/**
 * Returns the event and its attributes, from the message of a push, or from a CloudEvent in HTTP binary mode, which
 * `npx stripe-connector events replay --to` sends.
 */
function eventOf(headers, body) {
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

/** Handles a delivery. Returns whether it was skipped, older than the known state, or applied. */
async function handle(headers, body) {
  const { attributes, event } = eventOf(headers, body);
  const { type, account, objectId, stateTime } = attributes;
  if (!isHandled(type)) return 'skipped';
  const key = `${account} ${objectId}`;
  // Stripe sends events in no order. Two changes within a second have the same time, so only an older state is skipped.
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
