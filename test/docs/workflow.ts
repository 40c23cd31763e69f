/** As much of Google's Workflows as the examples use. https://docs.cloud.google.com/workflows/docs/reference/syntax */
import { evaluate, type Environment, type Values } from './workflow-expression.ts';

interface Call {
  readonly call: string;
  readonly args?: unknown;
  readonly result?: string;
}
type Steps = readonly Readonly<Record<string, Step>>[];
interface Step extends Partial<Call> {
  readonly assign?: readonly Values[];
  readonly switch?: readonly { readonly condition: unknown; readonly return?: unknown }[];
  readonly try?: Call | { readonly steps: Steps };
  readonly retry?: string;
  readonly except?: { readonly as: string; readonly steps: Steps };
  readonly return?: unknown;
  readonly raise?: unknown;
}
const KEYWORDS = ['assign', 'switch', 'try', 'retry', 'except', 'return', 'raise', 'call', 'args', 'result'];

export interface Workflow {
  readonly main: { readonly params: readonly string[]; readonly steps: Steps };
}

/** `http.post` of Workflows. Throws as it does: https://docs.cloud.google.com/workflows/docs/reference/stdlib/http/post */
export async function httpCalls(name: string, args: unknown): Promise<unknown> {
  if (name !== 'http.post') throw new Error(`${name} is not a call of the examples`);
  const { url, body } = args as { url: string; body: unknown };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const result = { code: response.status, body: await response.json() };
  if (!response.ok) throw result;
  return result;
}

/** What a workflow calls: the name of the call, as in `http.post`, and its evaluated arguments. */
export type WorkflowCall = (name: string, args: unknown) => unknown;

/** A value that ended the workflow. */
interface Ended {
  readonly value: unknown;
}

/** Runs a workflow and returns what it returns. Throws what it raises, or what a call throws. */
export async function execute(
  { main }: Workflow,
  input: unknown,
  environment: Environment,
  call: WorkflowCall,
): Promise<unknown> {
  const values: Values = { [main.params[0] ?? '']: input };
  const ended = await new Execution(values, environment, call).run(main.steps);
  if (ended === undefined) throw new Error('the workflow returned nothing');
  return ended.value;
}

class Execution {
  constructor(
    private readonly values: Values,
    private readonly environment: Environment,
    private readonly calls: WorkflowCall,
  ) {}

  async run(steps: Steps): Promise<Ended | undefined> {
    for (const named of steps)
      for (const [name, step] of Object.entries(named)) {
        const unknown = Object.keys(step).find((key) => !KEYWORDS.includes(key));
        if (unknown !== undefined) throw new Error(`${name}: ${unknown} is no keyword of a step`);
        const ended = await this.step(step);
        if (ended !== undefined) return ended;
      }
    return undefined;
  }

  private async step(step: Step): Promise<Ended | undefined> {
    for (const assigned of step.assign ?? [])
      for (const [key, value] of Object.entries(assigned)) this.values[key] = this.value(value);
    if (step.try !== undefined) return this.attempt(step.try, step);
    if (step.call !== undefined) await this.call({ ...step, call: step.call });
    for (const { condition, return: value } of step.switch ?? [])
      if (this.value(condition) === true) return { value: this.value(value) };
    if ('raise' in step) throw this.value(step.raise);
    return 'return' in step ? { value: this.value(step.return) } : undefined;
  }

  private async attempt(tried: Call | { readonly steps: Steps }, step: Step): Promise<Ended | undefined> {
    if (step.retry !== undefined && step.retry !== '${http.default_retry}') throw new Error(`retry: ${step.retry}`);
    try {
      if ('steps' in tried) return await this.run(tried.steps);
      await this.call(tried);
      return undefined;
    } catch (cause) {
      if (step.except === undefined) throw cause;
      this.values[step.except.as] = cause;
      return this.run(step.except.steps);
    }
  }

  private async call({ call, args, result }: Call): Promise<void> {
    const answer = await this.calls(call, this.value(args));
    if (result !== undefined) this.values[result] = answer;
  }

  private value(text: unknown): unknown {
    return evaluate(text, this.values, this.environment);
  }
}
