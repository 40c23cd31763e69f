import { setTimeout as pause } from 'node:timers/promises';
import { pubsubEmulator } from '../outside-tools.mjs';
import { startEmulator, type Emulator } from './emulator.ts';

const PROJECT = 'stripe-local';

/** A message as a subscriber got it. */
export interface Got {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** The Pub/Sub emulator with topics and subscriptions by short names, over its REST surface. */
export interface Pubsub extends Emulator {
  /** Makes the topic where it is not yet; its full name. */
  topic(name: string): Promise<string>;
  /** A push subscription of a topic, to an address. */
  push(topic: string, name: string, endpoint: string, more?: object): Promise<void>;
  publish(
    topic: string,
    messages: readonly { data?: string; attributes?: Record<string, string> }[],
  ): Promise<string[]>;
  /** What a topic's own pull subscription got since the last time; waits until there are `count`, or ten seconds. */
  pull(topic: string, count?: number): Promise<Got[]>;
}

export function pubsubIsHere(): boolean {
  return pubsubEmulator() !== undefined;
}

/** Subscriptions first: a push would go on to a port that another server may get. */
async function clear(host: string): Promise<void> {
  for (const kind of ['subscriptions', 'topics']) {
    const url = `http://${host}/v1/projects/${PROJECT}/${kind}`;
    const listed = (await (await fetch(`${url}?pageSize=1000`)).json()) as Record<string, { name: string }[]>;
    for (const { name } of listed[kind] ?? []) {
      const { ok, status } = await fetch(`http://${host}/v1/${name}`, { method: 'DELETE' });
      if (!ok) throw new Error(`the Pub/Sub emulator keeps ${name}: ${status}`);
    }
  }
}

export async function startPubsub(): Promise<Pubsub> {
  const script = pubsubEmulator();
  if (script === undefined) throw new Error('no Pub/Sub emulator');
  const emulator = await startEmulator({
    name: 'pubsub',
    script,
    argumentsFor: (port) => ['--host=127.0.0.1', `--port=${port}`],
    clear,
  });
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://${emulator.host}/v1/projects/${PROJECT}/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok && response.status !== 409) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const full = (name: string): string => `projects/${PROJECT}/topics/${name}`;
  const pulled = (name: string): string => `${name}-pulled`;
  return {
    ...emulator,
    async topic(name) {
      await call('PUT', `topics/${name}`, {});
      await call('PUT', `subscriptions/${pulled(name)}`, { topic: full(name), enableMessageOrdering: true });
      return full(name);
    },
    async push(topic, name, pushEndpoint, more = {}) {
      await call('PUT', `subscriptions/${name}`, { topic: full(topic), pushConfig: { pushEndpoint }, ...more });
    },
    async publish(topic, messages) {
      const wanted = messages.map(({ data, attributes }) => ({
        ...(data === undefined ? {} : { data: Buffer.from(data).toString('base64') }),
        ...(attributes === undefined ? {} : { attributes }),
      }));
      const { messageIds } = await call('POST', `topics/${topic}:publish`, { messages: wanted });
      return messageIds as string[];
    },
    async pull(topic, count = 1) {
      const got: Got[] = [];
      // With a count of 0 it asks once.
      for (let tries = 0; (tries === 0 || got.length < count) && tries < 100; tries += 1) {
        const subscription = `subscriptions/${pulled(topic)}`;
        const { receivedMessages = [] } = (await call('POST', `${subscription}:pull`, {
          maxMessages: 1000,
          returnImmediately: true,
        })) as {
          receivedMessages?: {
            ackId: string;
            message: { data?: string; attributes?: Record<string, string>; orderingKey?: string };
          }[];
        };
        if (receivedMessages.length === 0) {
          if (count > 0) await pause(100);
          continue;
        }
        await call('POST', `${subscription}:acknowledge`, { ackIds: receivedMessages.map(({ ackId }) => ackId) });
        for (const { message } of receivedMessages)
          got.push({
            data: Buffer.from(message.data ?? '', 'base64').toString('utf8'),
            attributes: message.attributes ?? {},
            orderingKey: message.orderingKey ?? '',
          });
      }
      return got;
    },
  };
}
