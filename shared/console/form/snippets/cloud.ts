import type { FunctionCall } from '../../api/calls.ts';

/** Indents the lines of a YAML block. */
function yamlBlock(value: unknown, spaces: number): string {
  return yaml(value, spaces);
}

/** A value as YAML. Texts are in double quotes, as in JSON, which YAML contains. */
function yaml(value: unknown, spaces: number): string {
  const pad = ' '.repeat(spaces);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${pad}-${yaml(item, spaces + 2).replace(/^\n\s*/, ' ')}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}';
    return entries
      .map(([key, member]) => `\n${pad}${/^\w+$/.test(key) ? key : JSON.stringify(key)}:${yaml(member, spaces + 2)}`)
      .join('');
  }
  return ` ${JSON.stringify(value)}`;
}

/** A step of Google Cloud Workflows. https://cloud.google.com/workflows/docs/reference/stdlib/http/post */
export function workflowSnippet({ functionName, body }: FunctionCall): string {
  return [
    '- call_stripe:',
    '    call: http.post',
    '    args:',
    `      url: \${base + "/${functionName}"}`,
    '      auth:',
    '        type: OIDC',
    `      body:${yamlBlock(body, 8)}`,
    '    result: response',
  ].join('\n');
}

/**
 * The configuration of a Call REST Endpoint task of Application Integration.
 * https://cloud.google.com/application-integration/docs/configure-call-rest-endpoint-task
 */
export function integrationSnippet({ functionName, body }: FunctionCall): string {
  const task = {
    task: 'Call REST Endpoint',
    endpointUrl: `$CONFIG_base$/${functionName}`,
    httpMethod: 'POST',
    httpHeaders: { 'Content-Type': 'application/json' },
    authProfile: 'Google OIDC ID token; audience: the URL of the function',
    requestBody: body,
  };
  return JSON.stringify(task, undefined, 2);
}
