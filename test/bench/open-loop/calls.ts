/** Calls that come by chance, whatever becomes of those before them: an open loop. */
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../simulation/events.ts';

export interface Call {
  readonly kind: 'read' | 'write';
  /** Names the call at Stripe and, of a write, its record. Unique in a run. */
  readonly key: string;
}

export interface Answered extends Call {
  /** 0 if the connection was lost. */
  readonly status: number;
  /** Milliseconds from the request to the end of the answer. */
  readonly tookMs: number;
}

/** Free sockets are closed before the server does: it keeps them for 5 s. */
const agent = new http.Agent({ keepAlive: true, timeout: 3000 });

/** `/get-entity` or `/create-entity` of a customer. Any status is an answer. */
export function send(baseUrl: string, { kind, key }: Call): Promise<Answered> {
  const [name, body] =
    kind === 'read'
      ? ['get-entity', { entity: 'Customer', entityId: key }]
      : ['create-entity', { entity: 'Customer', operationId: key, connectorInputPayload: { Description: key } }];
  const begun = performance.now();
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const request = http.request(`${baseUrl}/${name}`, { method: 'POST', headers, agent });
    const answered = (status: number): void => resolve({ kind, key, status, tookMs: performance.now() - begun });
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => answered(response.statusCode ?? 0));
    });
    request.on('error', () => answered(0));
    request.end(JSON.stringify(body));
  });
}

export interface Load {
  readonly urls: readonly string[];
  /** Calls a second, all instances together. */
  readonly perSecond: number;
  readonly calls: number;
  /** Part of the calls that are writes. */
  readonly writes: number;
  /** Before each key. */
  readonly prefix: string;
  readonly chance: Chance;
}

/** Sends each call at its moment of a Poisson process, to an instance by chance. Resolves with all answers. */
export async function byChance({ urls, perSecond, calls, writes, prefix, chance }: Load): Promise<Answered[]> {
  const answers: Promise<Answered>[] = [];
  let atMs = performance.now();
  for (let index = 0; index < calls; index += 1) {
    atMs += chance.gap(perSecond / 1000);
    const kind = chance.happens(writes) ? 'write' : 'read';
    const url = urls[Math.floor(chance.fraction() * urls.length)] ?? '';
    await pause(Math.max(0, atMs - performance.now()));
    answers.push(send(url, { kind, key: `${prefix}${index}` }));
  }
  return Promise.all(answers);
}

export interface ClosedLoad extends Pick<Load, 'urls' | 'calls' | 'prefix'> {
  /** Callers of each instance; each sends its next call when it has the answer to the last one. */
  readonly callers: number;
  readonly kind: Call['kind'];
}

/** Sends calls without a pause, so that callers always wait at every instance. */
export async function withoutPause({ urls, calls, prefix, callers, kind }: ClosedLoad): Promise<Answered[]> {
  const answers: Answered[] = [];
  let sent = 0;
  const caller = async (url: string): Promise<void> => {
    while (sent < calls) answers.push(await send(url, { kind, key: `${prefix}${(sent += 1)}` }));
  };
  await Promise.all(urls.flatMap((url) => Array.from({ length: callers }, () => caller(url))));
  return answers;
}
