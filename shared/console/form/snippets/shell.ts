import type { FunctionCall } from '../../api/calls.ts';

/** Quotes a text for a shell. A single quote inside it is put in double quotes. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** The call to this server with curl. */
export function curlSnippet({ functionName, body }: FunctionCall, base: string): string {
  return `curl -s ${base}/${functionName} \\\n  -H 'Content-Type: application/json' \\\n  -d ${shellQuote(JSON.stringify(body, undefined, 2))}`;
}

/** The call to the deployed function with curl. The shell gets an identity token from gcloud. */
export function deployedCurlSnippet({ functionName, body }: FunctionCall): string {
  return [
    `# BASE is the URL of the function single, or of the function ${functionName} without its name.`,
    `curl -s "$BASE/${functionName}" \\`,
    `  -H "Authorization: Bearer $(gcloud auth print-identity-token)" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuote(JSON.stringify(body, undefined, 2))}`,
  ].join('\n');
}

/** The call with the command `stripe-connector`, to the server at `url`. */
export function commandSnippet({ functionName, body }: FunctionCall, name: string, url?: string): string {
  const { entity, entityId, filterClause, accountId, operationId, connectorInputPayload: input } = body;
  const option = (flag: string, value: unknown): string[] =>
    value === undefined ? [] : [`${flag} ${shellQuote(typeof value === 'string' ? value : JSON.stringify(value))}`];
  const isList = functionName === 'list-entities';
  return [
    `npx stripe-connector ${isList ? `list ${String(entity)}` : `call ${name}`}`,
    ...(typeof entityId === 'string' ? [shellQuote(entityId)] : []),
    ...option('--where', filterClause),
    ...option('--input', input),
    ...option('--account', accountId),
    ...option('--operation-id', operationId),
    // Without `--url` the command calls http://localhost:8080.
    ...(url === undefined || url === 'http://localhost:8080' ? [] : [`--url ${url}`]),
  ].join(' ');
}
