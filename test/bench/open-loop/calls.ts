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
  readonly status: number;
  /** Milliseconds from the request to the end of the answer. */
  readonly tookMs: number;
}

const agent = new http.Agent({ keepAlive: true });

/** `/get-entity` or `/create-entity` of a customer. Any status is an answer. */
export function send(baseUrl: string, { kind, key }: Call): Promise<Answered> {
  const [name, body] =
    kind === 'read'
      ? ['get-entity', { entity: 'Customer', entityId: key }]
      : ['create-entity', { entity: 'Customer', operationId: key, connectorInputPayload: { Description: key } }];
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const request = http.request(`${baseUrl}/${name}`, { method: 'POST', headers, agent });
    request.on('response', (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ kind, key, status: response.statusCode ?? 0, tookMs: performance.now() - begun }),
      );
    });
    request.on('error', reject);
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
