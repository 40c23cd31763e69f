/** What Google's services answer to a function that is tried out: as little as it needs to go on. */

interface Transform {
  readonly fieldPath: string;
  readonly maximum?: { readonly integerValue: string };
  readonly increment?: { readonly integerValue: string };
}

/** The results of transforms of a document that is not there yet. */
function transformed(transforms: readonly Transform[]): object[] {
  const fields = new Map<string, number>();
  return transforms.map(({ fieldPath, maximum, increment }) => {
    const before = fields.get(fieldPath) ?? 0;
    const after = maximum === undefined ? before + Number(increment?.integerValue) : Number(maximum.integerValue);
    fields.set(fieldPath, Math.max(before, after));
    return { integerValue: String(Math.max(before, after)) };
  });
}

/** Firestore, empty; undefined where it is not asked. */
export function firestoreResponse(url: string, body: string, now: Date): object | undefined {
  const time = now.toISOString();
  if (url.includes(':batchGet')) return [{ missing: 'nothing', readTime: time }];
  if (url.includes(':runAggregationQuery'))
    return [{ result: { aggregateFields: { members: { integerValue: '1' } } }, readTime: time }];
  if (!url.includes(':commit')) return undefined;
  const { writes } = JSON.parse(body) as { writes: { transform?: { fieldTransforms: Transform[] } }[] };
  const writeResults = writes.map(({ transform }) => ({
    updateTime: time,
    transformResults: transformed(transform?.fieldTransforms ?? []),
  }));
  return { writeResults, commitTime: time };
}

/** Secret Manager, with this key in every secret. */
export function secretResponse(key: string): object {
  return { payload: { data: Buffer.from(key).toString('base64') } };
}
