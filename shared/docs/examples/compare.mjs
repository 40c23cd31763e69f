/**
 * Sends the same reads to two connections over Google's runtime API, and prints the differences of the rows.
 * Usage: node compare.mjs ROOT ROOT ENTITY[:CONDITIONS] ...
 * A ROOT is https://connectors.googleapis.com/v2/projects/P/locations/L/connections/C, or the same path at this connector.
 * TOKEN_A and TOKEN_B are the tokens: `gcloud auth print-access-token` for Google's API, an ID token for this connector.
 * The script needs only Node.js. The exit status is 1 if anything differs.
 */
const [rootA, rootB, ...queries] = process.argv.slice(2);
if (rootA === undefined || rootB === undefined || queries.length === 0) {
  console.error('usage: node compare.mjs ROOT ROOT ENTITY[:CONDITIONS] ...');
  process.exit(2);
}

/** Returns the fields of the rows by the id of the object. */
async function rowsOf(root, token, query) {
  const [entity, ...conditions] = query.split(':');
  const search = new URLSearchParams({
    pageSize: '50',
    ...(conditions[0] ? { conditions: conditions.join(':') } : {}),
  });
  const response = await fetch(`${root}/entityTypes/${entity}/entities?${search}`, {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`${root}: ${body.error.message}`);
  return new Map((body.entities ?? []).map(({ fields }) => [fields.Id, fields]));
}

/** Values are compared as text, because one connection may send 1500 and the other "1500". */
const asText = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const isEmpty = (value) => value === undefined || value === null || value === '';

function differences(a, b) {
  const found = [];
  for (const id of new Set([...a.keys(), ...b.keys()])) {
    const [rowA, rowB] = [a.get(id), b.get(id)];
    if (rowA === undefined || rowB === undefined) found.push(`${id} is only in ${rowA === undefined ? 'B' : 'A'}`);
    else
      for (const name of new Set([...Object.keys(rowA), ...Object.keys(rowB)])) {
        if (isEmpty(rowA[name]) && isEmpty(rowB[name])) continue;
        if (asText(rowA[name]) !== asText(rowB[name]))
          found.push(`${id} ${name}: A ${asText(rowA[name])}, B ${asText(rowB[name])}`);
      }
  }
  return found;
}

let differs = false;
for (const query of queries) {
  const [a, b] = await Promise.all([
    rowsOf(rootA, process.env.TOKEN_A, query),
    rowsOf(rootB, process.env.TOKEN_B, query),
  ]);
  const found = differences(a, b);
  console.log(`${query}: ${a.size} rows in A, ${b.size} in B, ${found.length} differences`);
  for (const line of found.slice(0, 20)) console.log(`  ${line}`);
  differs ||= found.length > 0;
}
process.exitCode = differs ? 1 : 0;
