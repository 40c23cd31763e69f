/** Expressions of Google's Workflows. https://docs.cloud.google.com/workflows/docs/reference/syntax/expressions */

export type Values = Record<string, unknown>;
export type Environment = Readonly<Record<string, string>>;

/** https://docs.cloud.google.com/workflows/docs/reference/stdlib/overview */
const FUNCTIONS: Readonly<Record<string, (given: unknown, environment: Environment) => unknown>> = {
  'sys.get_env': (name, environment) => environment[String(name)],
  'base64.decode': (text) => Buffer.from(String(text), 'base64'),
  'json.decode': (text) => JSON.parse(String(text)) as unknown,
};

const TOKEN = /\s*("[^"]*"|\d+|[a-zA-Z_]\w*|==|!=|[.+()[\]])/gy;

/** A value with each `${...}` in it evaluated. Throws for a name that is nothing. */
export function evaluate(value: unknown, values: Values, environment: Environment): unknown {
  if (Array.isArray(value)) return value.map((one) => evaluate(one, values, environment));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, evaluate(one, values, environment)]));
  const [, expression] = typeof value === 'string' ? (/^\$\{(.*)\}$/s.exec(value) ?? []) : [];
  return expression === undefined ? value : new Expression(expression, values, environment).value();
}

class Expression {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly values: Values,
    private readonly environment: Environment,
  ) {
    this.tokens = [...text.matchAll(TOKEN)].map(([, token = '']) => token);
    const length = this.tokens.join('').length;
    if (length !== text.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').length) throw new Error(`not read: ${text}`);
  }

  value(): unknown {
    const left = this.sum();
    const sign = this.tokens[this.at];
    if (sign === undefined) return left;
    this.at += 1;
    const right = this.sum();
    if (this.at < this.tokens.length) throw new Error(`not read: ${this.text}`);
    return sign === '==' ? left === right : left !== right;
  }

  private sum(): unknown {
    let total = this.term();
    while (this.tokens[this.at] === '+') {
      this.at += 1;
      total = `${String(total)}${String(this.term())}`;
    }
    return total;
  }

  /** A text, or a name with its members; a name before a bracket is a function. */
  private term(): unknown {
    const first = this.tokens[this.at++] ?? '';
    if (first.startsWith('"')) return first.slice(1, -1);
    let name = first;
    let found = this.values[first];
    for (;;) {
      const sign = this.tokens[this.at];
      if (sign === '(') return this.call(name);
      if (sign !== '.' && sign !== '[') break;
      this.at += 1;
      const key = sign === '[' ? String(this.sum()) : (this.tokens[this.at++] ?? '');
      if (sign === '[') this.at += 1;
      name += `.${key}`;
      found = (found as Values | undefined)?.[key];
    }
    const digits = /^\d+$/.test(first) ? first : undefined;
    if (found === undefined && digits === undefined) throw new Error(`${name} is nothing`);
    return found ?? digits;
  }

  private call(name: string): unknown {
    this.at += 1;
    const given = this.sum();
    this.at += 1;
    const known = FUNCTIONS[name] ?? fail(`${name} is no function`);
    return known(given, this.environment) ?? fail(`${name}: nothing`);
  }
}

function fail(message: string): never {
  throw new Error(message);
}
