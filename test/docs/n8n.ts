/**
 * Runs a workflow of n8n as far as the examples use it: Manual Trigger, Edit Fields, HTTP Request, If and Wait.
 * https://docs.n8n.io/workflows/export-import/
 */
import { runInNewContext } from 'node:vm';

interface Assignment {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly value: unknown;
}

interface N8nNode {
  readonly name: string;
  readonly type: string;
  readonly parameters: {
    readonly method?: string;
    readonly url?: string;
    readonly jsonBody?: string;
    readonly assignments?: { readonly assignments: readonly Assignment[] };
    readonly conditions?: { readonly conditions: readonly { readonly leftValue: string }[] };
    readonly options?: { readonly response?: { readonly response: Readonly<Record<string, unknown>> } };
  };
}

export interface N8nWorkflow {
  readonly nodes: readonly N8nNode[];
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>>;
}

type Json = Record<string, unknown>;

/** What a node puts out, and by which of its outputs. */
interface Output {
  readonly json: Json;
  readonly index?: number;
}

/** Runs the workflow from its trigger. Returns what the last node put out. `set` replaces assigned fields by name. */
export async function runN8n(workflow: N8nWorkflow, executionId: string, set: Readonly<Json>): Promise<Json> {
  const outputs = new Map<string, Json>();
  const runs = new Map<string, number>();
  let node = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
  let json: Json = {};
  while (node !== undefined) {
    const { name } = node;
    const runIndex = runs.get(name) ?? 0;
    runs.set(name, runIndex + 1);
    const input = json;
    const value = (text: unknown): unknown =>
      evaluateN8n(text, {
        $json: input,
        $runIndex: runIndex,
        $execution: { id: executionId },
        $: (other: string) => ({ first: () => ({ json: outputs.get(other) }) }),
      });
    const output: Output = await runNode(node, input, value, set);
    json = output.json;
    outputs.set(name, json);
    const next = workflow.connections[name]?.main[output.index ?? 0]?.[0]?.node;
    node = workflow.nodes.find((other) => other.name === next);
    if (next !== undefined && node === undefined) throw new Error(`${name} leads to ${next}, which is missing`);
  }
  return json;
}

async function runNode(
  { name, type, parameters }: N8nNode,
  input: Json,
  value: (text: unknown) => unknown,
  set: Readonly<Json>,
): Promise<Output> {
  switch (type) {
    case 'n8n-nodes-base.manualTrigger':
    case 'n8n-nodes-base.wait':
      return { json: input };
    case 'n8n-nodes-base.set':
      return { json: assignedBy(parameters.assignments?.assignments ?? [], value, set) };
    case 'n8n-nodes-base.if': {
      const results = (parameters.conditions?.conditions ?? []).map(({ leftValue }) => value(leftValue));
      if (results.some((result) => typeof result !== 'boolean'))
        throw new Error(`${name}: a condition is not a boolean`);
      return { json: input, index: results.every(Boolean) ? 0 : 1 };
    }
    case 'n8n-nodes-base.httpRequest': {
      const { fullResponse, neverError } = parameters.options?.response?.response ?? {};
      const response = await fetch(String(value(parameters.url)), {
        method: parameters.method ?? 'GET',
        headers: { 'content-type': 'application/json' },
        body: String(value(parameters.jsonBody)),
      });
      const body = (await response.json()) as Json;
      if (!response.ok && neverError !== true) throw new Error(`${name}: ${JSON.stringify(body)}`);
      return { json: fullResponse === true ? { statusCode: response.status, body } : body };
    }
    default:
      throw new Error(`${name}: ${type} is not a node of the examples`);
  }
}

function assignedBy(assignments: readonly Assignment[], value: (text: unknown) => unknown, set: Readonly<Json>): Json {
  const result: Json = {};
  for (const { name, type, value: assigned } of assignments) {
    result[name] = set[name] ?? value(assigned);
    if (typeof result[name] !== type) throw new Error(`${name} is not a ${type}`);
  }
  return result;
}

/** A text that begins with `=` is a template: https://docs.n8n.io/code/expressions/ */
function evaluateN8n(text: unknown, names: Readonly<Json>): unknown {
  if (typeof text !== 'string' || !text.startsWith('=')) return text;
  const template = text.slice(1);
  const evaluated = (expression: string): unknown => runInNewContext(`(${expression})`, { ...names, JSON });
  const [, whole] = /^\{\{((?:(?!\}\}).)*)\}\}$/s.exec(template.replace(/\}\}\)/g, '} })')) ?? [];
  if (whole !== undefined) return evaluated(whole);
  return template.replace(/\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluated(expression)));
}
