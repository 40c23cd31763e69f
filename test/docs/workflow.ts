/** As much of Google's Workflows as the example of the page uses. https://cloud.google.com/workflows/docs/reference/syntax */

type Values = Record<string, unknown>;

interface HttpPost {
  readonly call: string;
  readonly args: { readonly url: string; readonly body: unknown };
  readonly result: string;
}

interface Step {
  readonly assign?: readonly Values[];
  readonly try?: HttpPost;
  readonly retry?: string;
  readonly return?: unknown;
}

export interface Workflow {
  readonly main: { readonly params: readonly string[]; readonly steps: readonly Readonly<Record<string, Step>>[] };
}

export async function execute(
  { main }: Workflow,
  input: unknown,
  environment: Readonly<Record<string, string>>,
  post: (url: string, body: unknown) => Promise<unknown>,
): Promise<unknown> {
  const values: Values = { [main.params[0] ?? '']: input };
  for (const steps of main.steps)
    for (const [name, step] of Object.entries(steps)) {
      for (const assigned of step.assign ?? [])
        for (const [key, value] of Object.entries(assigned)) values[key] = evaluated(value, values, environment);
      if (step.try !== undefined) {
        if (step.try.call !== 'http.post' || step.retry !== '${http.default_retry}')
          throw new Error(`${name}: ${step.try.call}`);
        const { url, body } = evaluated(step.try.args, values, environment) as { url: string; body: unknown };
        values[step.try.result] = { body: await post(url, body) };
      }
      if ('return' in step) return evaluated(step.return, values, environment);
    }
  throw new Error('the workflow returned nothing');
}

function evaluated(value: unknown, values: Values, environment: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((one) => evaluated(one, values, environment));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, evaluated(one, values, environment)]));
  const [, expression] = typeof value === 'string' ? (/^\$\{(.*)\}$/.exec(value) ?? []) : [];
  if (expression === undefined) return value;
  const terms = expression.split(' + ').map((term) => termOf(term.trim(), values, environment));
  return terms.length === 1 ? terms[0] : terms.map(String).join('');
}

function termOf(term: string, values: Values, environment: Readonly<Record<string, string>>): unknown {
  if (/^"[^"]*"$/.test(term)) return term.slice(1, -1);
  const [, name] = /^sys\.get_env\("(\w+)"\)$/.exec(term) ?? [];
  const found =
    name === undefined
      ? term
          .split(/[.[\]]+/)
          .filter((key) => key !== '')
          .reduce<unknown>(inside, values)
      : environment[name];
  if (found === undefined) throw new Error(`${term} is nothing`);
  return found;
}

function inside(value: unknown, key: string): unknown {
  return (value as Values | undefined)?.[key];
}
