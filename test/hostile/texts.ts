/** What hostile requests are written with. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Hostile {
  readonly name: string;
  /** Stripe may take it: then its answer is not ours. */
  readonly taken?: true;
  /** The answer is as long as what was asked for. */
  readonly asked?: true;
  readonly of: (bytes: number) => HostileRequest;
}

/** The longest target that Node reads is 16 KB with the heads. */
export const LONGEST_TARGET = 14_000;

const JSON_HEAD = { 'content-type': 'application/json' };

export function posted(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): HostileRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', path, headers: { ...JSON_HEAD, ...headers }, body: text };
}

export function got(path: string): HostileRequest {
  return { method: 'GET', path, headers: {}, body: '' };
}

/** `{...}` of as many members as fit. */
export function members(bytes: number, member: (index: number) => string): string {
  const parts: string[] = [];
  for (let at = 2, index = 0; at < bytes; index += 1) {
    const one = member(index);
    at += one.length + 1;
    if (at <= bytes) parts.push(one);
  }
  return `{${parts.join()}}`;
}

export function items(bytes: number, item: string): string {
  return `[${Array.from({ length: Math.max(1, Math.floor((bytes - 2) / (item.length + 1))) }, () => item).join()}]`;
}

/** A body with `inner` as its payload. */
export function payload(entity: string, inner: string): string {
  return `{"entity":"${entity}","connectorInputPayload":${inner}}`;
}

/** Bytes that are left for what stands around a part that fills a body. */
export const ROOM = 400;

export function clause(entity: string, text: string): string {
  return JSON.stringify({ entity, filterClause: text });
}

export function explained(entity: string, text: string): string {
  return JSON.stringify({ entity, filterClause: text, explain: true });
}

export function many(term: string, word: string): string {
  return Array.from({ length: Math.floor(9_800 / (term.length + word.length)) }, () => term).join(word);
}
