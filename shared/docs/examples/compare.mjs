/**
 * Asks two connections the same questions over Google's runtime API, and prints where the rows differ.
 * Usage: node compare.mjs ROOT ROOT ENTITY[:CONDITIONS] ...
 * A ROOT is https://connectors.googleapis.com/v2/projects/P/locations/L/connections/C, or the same path at this connector.
 * TOKEN_A and TOKEN_B are their tokens: `gcloud auth print-access-token` for Google's, an ID token for this one.
 * It only reads, and needs nothing but Node.js. The exit status is 1 if anything differs.
 */
const [rootA, rootB, ...questions] = process.argv.slice(2);
if (rootA === undefined || rootB === undefined || questions.length === 0) {
  console.error('usage: node compare.mjs ROOT ROOT ENTITY[:CONDITIONS] ...');
  process.exit(2);
}

/** Returns the fields of the rows by the id of the object. */
async function rowsOf(root, token, question) {
  const [entity, ...conditions] = question.split(':');
  const query = new URLSearchParams({ pageSize: '50', ...(conditions[0] ? { conditions: conditions.join(':') } : {}) });
  const response = await fetch(`${root}/entityTypes/${entity}/entities?${query}`, {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`${root}: ${body.error.message}`);
  return new Map((body.entities ?? []).map(({ fields }) => [fields.Id, fields]));
}

/** Texts and numbers are equal if they read the same: one side may send 1500, the other "1500". */
const asText = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const isEmpty = (value) => value === undefined || value === null || value === '';

function differences(a, b) {
  const found = [];
  for (const id of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(id), b.get(id)];
    if (one === undefined || other === undefined) found.push(`${id} is only in ${one === undefined ? 'B' : 'A'}`);
    else
      for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
        if (isEmpty(one[name]) && isEmpty(other[name])) continue;
        if (asText(one[name]) !== asText(other[name]))
          found.push(`${id} ${name}: A ${asText(one[name])}, B ${asText(other[name])}`);
      }
  }
  return found;
}

let differs = false;
for (const question of questions) {
  const [a, b] = await Promise.all([
    rowsOf(rootA, process.env.TOKEN_A, question),
    rowsOf(rootB, process.env.TOKEN_B, question),
  ]);
  const found = differences(a, b);
  console.log(`${question}: ${a.size} rows in A, ${b.size} in B, ${found.length} differences`);
  for (const line of found.slice(0, 20)) console.log(`  ${line}`);
  differs ||= found.length > 0;
}
process.exitCode = differs ? 1 : 0;
