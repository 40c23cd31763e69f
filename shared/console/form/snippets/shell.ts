import type { FunctionCall } from '../../api/calls.ts';

/** A text for a shell, in single quotes. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** The call to this server as curl. */
export function curlSnippet({ functionName, body }: FunctionCall, base: string): string {
  return `curl -s ${base}/${functionName} \\\n  -H 'Content-Type: application/json' \\\n  -d ${shellQuote(JSON.stringify(body))}`;
}

/** The call to the deployed function, with an identity token that the shell asks gcloud for. */
export function deployedCurlSnippet({ functionName, body }: FunctionCall): string {
  return [
    `# BASE is the URL of the function single, or of the function ${functionName} without its name.`,
    `curl -s "$BASE/${functionName}" \\`,
    `  -H "Authorization: Bearer $(gcloud auth print-identity-token)" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuote(JSON.stringify(body))}`,
  ].join('\n');
}

/** The call with the project's command. Without an entity or an action it reads the body from its input. */
export function commandSnippet({ body }: FunctionCall, name: string): string {
  const { entity: _entity, action: _action, ...rest } = body;
  return `npx stripe-connector call ${name} --json ${shellQuote(JSON.stringify(rest))}`;
}
