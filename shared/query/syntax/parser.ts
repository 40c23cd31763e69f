import { quoted } from '../../bounds.ts';
import { isSecretAt, MARK } from '../../redact.ts';
import { OPPOSITE, type Clause, type Operator } from './ast.ts';
import { syntaxError, tokenize, under, type Token } from './tokenizer.ts';

/** Limits of a clause. A larger one would be a program, not a filter. */
const MAX_CLAUSE_TERMS = 500;
const MAX_CLAUSE_DEPTH = 50;

const COMPARISONS: Readonly<Record<string, Exclude<Operator, 'IN'>>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Values that need no quotes: a number, true or false, a date or a time. */
const BARE = /^(?:[+-]?\d{1,40}(?:\.\d{1,40})?|true|false|\d{4}-\d{2}-\d{2}(?:T[\d:.Z+-]{1,30})?)$/i;

/**
 * Parses a clause by recursive descent, in linear time.
 *   clause := and-group (OR and-group)*   and-group := operand (AND operand)*
 *   operand := NOT operand | ( clause ) | column test
 *   test := sign value | [NOT] LIKE value | [NOT] IN (value, ...) | [NOT] BETWEEN value AND value | IS [NOT] NULL
 */
export function parseClause(clause: string): Clause {
  const parser = new Parser(tokenize(clause), clause);
  return parser.clause();
}

class Parser {
  private next = 0;
  private terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly text: string,
  ) {}

  clause(): Clause {
    const clause = this.either(false, 0);
    const rest = this.peek();
    if (rest.kind === 'end') return clause;
    throw syntaxError(
      rest.value === ')' ? "')' without '('" : `expected AND or OR, not ${this.describe(rest)}`,
      rest.at,
    );
  }

  /** `negated`: after a NOT. AND and OR are swapped and every operator is negated. */
  private either(negated: boolean, depth: number): Clause {
    return this.joined('OR', negated ? 'and' : 'or', () =>
      this.joined('AND', negated ? 'or' : 'and', () => this.operand(negated, depth)),
    );
  }

  private joined(word: string, kind: 'and' | 'or', part: () => Clause): Clause {
    const of = [part()];
    while (this.takeWord(word)) of.push(part());
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind, operands: of };
  }

  private operand(negated: boolean, depth: number): Clause {
    if (depth > MAX_CLAUSE_DEPTH) throw syntaxError(`nested deeper than ${MAX_CLAUSE_DEPTH} levels`, this.peek().at);
    if (this.takeWord('NOT')) return this.operand(!negated, depth + 1);
    if (!this.takeSign('(')) return this.term(negated);
    const inner = this.either(negated, depth + 1);
    this.need(')', "')'");
    return inner;
  }

  private term(negated: boolean): Clause {
    const start = this.take();
    if (start.kind !== 'word') throw syntaxError(`expected a column${this.instead(start)}`, start.at);
    this.terms += 1;
    if (this.terms > MAX_CLAUSE_TERMS) throw syntaxError(`more than ${MAX_CLAUSE_TERMS} terms`, start.at);
    const column = start.value + this.bracketed();
    const make = (operator: Exclude<Operator, 'IN'>, values: readonly string[], turn = negated): Clause => ({
      kind: 'term',
      column,
      operator: turn ? OPPOSITE[operator] : operator,
      values,
      at: start.at,
    });
    const sign = this.take();
    const comparison = sign.kind === 'sign' ? COMPARISONS[sign.value] : undefined;
    if (comparison !== undefined) return make(comparison, [this.value(sign.value, column)]);
    const word = sign.kind === 'word' ? sign.value.toUpperCase() : '';
    if (word === 'IS') {
      const not = this.takeWord('NOT');
      if (!this.takeWord('NULL')) throw syntaxError('expected NULL', this.peek().at);
      return make(not ? 'IS NOT NULL' : 'IS NULL', []);
    }
    const turned = word === 'NOT' ? !negated : negated;
    switch (word === 'NOT' ? this.take().value.toUpperCase() : word) {
      case 'LIKE':
        return make('LIKE', [this.value('LIKE', column)], turned);
      case 'IN': {
        const values = this.list(column);
        return turned
          ? { kind: 'and', operands: values.map((value) => make('=', [value], true)) }
          : { kind: 'term', column, operator: 'IN', values, at: start.at };
      }
      case 'BETWEEN': {
        const low = this.value('BETWEEN', column);
        if (!this.takeWord('AND')) throw syntaxError('expected AND between the two values of BETWEEN', this.peek().at);
        const high = this.value('AND', column);
        return { kind: turned ? 'or' : 'and', operands: [make('>=', [low], turned), make('<=', [high], turned)] };
      }
      default:
        throw syntaxError(
          `expected an operator after ${quoted(column)}${this.instead(sign)} (= != < <= > >= LIKE IN BETWEEN IS NULL)`,
          sign.at,
        );
    }
  }

  /** `Metadata['a key']`: a key with characters that a bare word cannot have. */
  private bracketed(): string {
    if (!this.takeSign('[')) return '';
    const key = this.take();
    if (key.kind !== 'text') throw syntaxError("expected a key in quotes after '['", key.at);
    this.need(']', "']'");
    return `.${key.value}`;
  }

  private value(after: string, column: string): string {
    const token = this.take();
    if (token.kind === 'word' && token.value.toUpperCase() === 'NULL')
      throw syntaxError('use IS NULL or IS NOT NULL to compare with NULL', token.at);
    if (token.kind === 'text' || (token.kind === 'word' && BARE.test(token.value))) return token.value;
    // Either a column or a string without quotes. The parser cannot tell which one is meant.
    if (token.kind === 'word') {
      const shown = under(column, token.value);
      throw syntaxError(`a string needs quotes: '${shown}'; columns cannot be compared with each other`, token.at);
    }
    if (token.kind === 'sign' && token.value === '=' && after === '=')
      throw syntaxError('use = once to compare', token.at);
    throw syntaxError(`expected a value after '${after}'`, token.at);
  }

  private list(column: string): string[] {
    this.need('(', "'(' after IN");
    const values = [this.value('(', column)];
    while (this.takeSign(',')) values.push(this.value(',', column));
    this.need(')', "',' or ')'");
    return values;
  }

  private need(sign: string, expectation: string): void {
    if (!this.takeSign(sign)) throw syntaxError(`expected ${expectation}`, this.peek().at);
  }

  private peek(): Token {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] as Token;
  }

  private take(): Token {
    const token = this.peek();
    this.next += 1;
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    const isWord = token.kind === 'word' && token.value.toUpperCase() === word;
    if (isWord) this.next += 1;
    return isWord;
  }

  private takeSign(sign: string): boolean {
    const token = this.peek();
    const isSign = token.kind === 'sign' && token.value === sign;
    if (isSign) this.next += 1;
    return isSign;
  }

  /** Describes an unexpected token. The text before it may show that it is a secret: `password: x`. */
  private describe({ kind, value, at }: Token): string {
    const shown = isSecretAt(this.text, at - 1, at - 1 + value.length) ? MARK : quoted(value);
    return kind === 'text' ? `'${shown}'` : shown;
  }

  private instead(token: Token): string {
    return token.kind === 'end' ? '' : `, not ${this.describe(token)}`;
  }
}
