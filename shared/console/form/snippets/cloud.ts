import type { FunctionCall } from '../../api/calls.ts';

/**
 * A value as YAML, indented by `spaces`. The text begins with a space or a line break, so that it can follow `key:`.
 * Strings are written as JSON strings, which are also valid YAML.
 */
function toYaml(value: unknown, spaces: number): string {
  const pad = ' '.repeat(spaces);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${pad}-${toYaml(item, spaces + 2).replace(/^\n\s*/, ' ')}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}';
    return entries
      .map(([key, member]) => `\n${pad}${/^\w+$/.test(key) ? key : JSON.stringify(key)}:${toYaml(member, spaces + 2)}`)
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
    `      body:${toYaml(body, 8)}`,
    '    result: response',
  ].join('\n');
}

/** How to use the text of `integrationSnippet`. Google Cloud imports whole integrations only, not single tasks. */
export const INTEGRATION_NOTE =
  'An integration with this call as its only task, in the format of its download. Save it as a file, replace BASE and the authentication profile, and choose Actions > Upload in the integration editor, which makes a new version. It has not been uploaded to Google Cloud yet.';

/** A parameter of a task. The key of `value` is its type: `{ stringValue: 'POST' }`. */
const parameter = (key: string, value: object): object => ({ [key]: { key, value } });

/**
 * A version of an integration, as Application Integration downloads and uploads it: an API trigger and a Call REST
 * Endpoint task. https://docs.cloud.google.com/application-integration/docs/upload-download-integrations
 */
export function integrationSnippet({ functionName, body }: FunctionCall): string {
  const text = (key: string, stringValue: string): object => parameter(key, { stringValue });
  const version = {
    description: 'Calls the Stripe connector',
    snapshotNumber: '1',
    triggerConfigs: [
      {
        label: 'API trigger',
        triggerType: 'API',
        triggerNumber: '1',
        triggerId: 'api_trigger/call-stripe',
        startTasks: [{ taskId: '1' }],
      },
    ],
    taskConfigs: [
      {
        task: 'GenericRestV2Task',
        taskId: '1',
        displayName: 'Call Stripe',
        parameters: {
          ...text('url', `https://BASE/${functionName}`),
          ...text('httpMethod', 'POST'),
          ...text('authConfigName', 'stripe-connector'),
          ...text('requestBody', JSON.stringify(body)),
          ...text('responseBody', '$response$'),
          ...parameter('throwError', { booleanValue: true }),
        },
        taskExecutionStrategy: 'WHEN_ALL_SUCCEED',
      },
    ],
    integrationParameters: [
      { key: 'response', displayName: 'response', dataType: 'STRING_VALUE', inputOutputType: 'OUT' },
    ],
  };
  return JSON.stringify(version, undefined, 2);
}
