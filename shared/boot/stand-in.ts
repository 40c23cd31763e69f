/** Minimal responses of Google's services, for the sample requests of `build-compile-cache.ts`. */

interface Transform {
  readonly fieldPath: string;
  readonly maximum?: { readonly integerValue: string };
  readonly increment?: { readonly integerValue: string };
}

/** Returns the results of the transforms `maximum` and `increment` on a document that does not exist yet. */
function applyTransforms(transforms: readonly Transform[]): object[] {
  const fields = new Map<string, number>();
  return transforms.map(({ fieldPath, maximum, increment }) => {
    const current = fields.get(fieldPath) ?? 0;
    const requested = maximum === undefined ? current + Number(increment?.integerValue) : Number(maximum.integerValue);
    const next = Math.max(current, requested);
    fields.set(fieldPath, next);
    return { integerValue: String(next) };
  });
}

/**
 * Returns Firestore's response to a read, a count or a commit: no document exists, and the count of members is 1.
 * Returns undefined for any other URL.
 */
export function firestoreResponse(url: string, body: string, now: Date): object | undefined {
  const time = now.toISOString();
  if (url.includes(':batchGet')) return [{ missing: 'nothing', readTime: time }];
  if (url.includes(':runAggregationQuery'))
    return [{ result: { aggregateFields: { members: { integerValue: '1' } } }, readTime: time }];
  if (!url.includes(':commit')) return undefined;
  const { writes } = JSON.parse(body) as { writes: { transform?: { fieldTransforms: Transform[] } }[] };
  const writeResults = writes.map(({ transform }) => ({
    updateTime: time,
    transformResults: applyTransforms(transform?.fieldTransforms ?? []),
  }));
  return { writeResults, commitTime: time };
}

/** Returns Secret Manager's response with a secret that contains `key`. */
export function secretResponse(key: string): object {
  return { payload: { data: Buffer.from(key).toString('base64') } };
}
