import { quoted } from '../../bounds.ts';
import { isSecretAt, MARK } from '../../redact.ts';
import { NEGATED, type Clause, type Operator, type Term } from './ast.ts';
import { syntaxError, tokenize, redactedValue, type Token } from './tokenizer.ts';

/** Maximum number of terms of a clause. */
const MAX_CLAUSE_TERMS = 500;
/**
 * Maximum depth of nested parentheses and NOTs. The parser is recursive, so deeper nesting could overflow the stack.
 */
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

/** A value without quotes: a number, true, false, a date or a time. */
const UNQUOTED_VALUE = /^(?:[+-]?\d{1,40}(?:\.\d{1,40})?|true|false|\d{4}-\d{2}-\d{2}(?:T[\d:.Z+-]{1,30})?)$/i;

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

/** The column of a term and the position of the term in the clause. */
type Subject = Pick<Term, 'column' | 'at'>;

function toTerm(
  subject: Subject,
  operator: Exclude<Operator, 'IN'>,
  values: readonly string[],
  negated: boolean,
): Clause {
  return { kind: 'term', ...subject, operator: negated ? NEGATED[operator] : operator, values };
}

/** Returns the clause of IN. NOT IN becomes one `!=` for each value. */
function inList(subject: Subject, values: readonly string[], negated: boolean): Clause {
  return negated
    ? { kind: 'and', operands: values.map((value) => toTerm(subject, '=', [value], true)) }
    : { kind: 'term', ...subject, operator: 'IN', values };
}

class Parser {
  private next = 0;
  private termCount = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly text: string,
  ) {}

  clause(): Clause {
    const clause = this.orGroup(false, 0);
    const rest = this.peek();
    if (rest.kind === 'end') return clause;
    throw syntaxError(
      rest.value === ')' ? "')' without '('" : `expected AND or OR, not ${this.describe(rest)}`,
      rest.at,
    );
  }

  /** Parses operands joined by OR and AND. If `negated` (after NOT), AND and OR are swapped and operators are negated. */
  private orGroup(negated: boolean, depth: number): Clause {
    return this.group('OR', negated ? 'and' : 'or', () =>
      this.group('AND', negated ? 'or' : 'and', () => this.operand(negated, depth)),
    );
  }

  /** Parses the parts that `word` joins. A single part is returned as it is. */
  private group(word: string, kind: 'and' | 'or', part: () => Clause): Clause {
    const operands = [part()];
    while (this.takeWord(word)) operands.push(part());
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { kind, operands };
  }

  /** Parses a term, a clause in parentheses, or the operand of NOT. */
  private operand(negated: boolean, depth: number): Clause {
    if (depth > MAX_CLAUSE_DEPTH) throw syntaxError(`nested deeper than ${MAX_CLAUSE_DEPTH} levels`, this.peek().at);
    if (this.takeWord('NOT')) return this.operand(!negated, depth + 1);
    if (!this.takeSign('(')) return this.term(negated);
    const inner = this.orGroup(negated, depth + 1);
    this.expectSign(')', "')'");
    return inner;
  }

  /** Parses a column and its test. */
  private term(negated: boolean): Clause {
    const start = this.take();
    if (start.kind !== 'word') throw syntaxError(`expected a column${this.insteadOf(start)}`, start.at);
    this.termCount += 1;
    if (this.termCount > MAX_CLAUSE_TERMS) throw syntaxError(`more than ${MAX_CLAUSE_TERMS} terms`, start.at);
    return this.test({ column: start.value + this.bracketed(), at: start.at }, negated);
  }

  /** Parses the operator and the values after a column. */
  private test(subject: Subject, negated: boolean): Clause {
    const { column } = subject;
    const first = this.take();
    const comparison = first.kind === 'sign' ? COMPARISONS[first.value] : undefined;
    if (comparison !== undefined) return toTerm(subject, comparison, [this.value(first.value, column)], negated);
    const word = first.kind === 'word' ? first.value.toUpperCase() : '';
    if (word === 'IS') return toTerm(subject, this.nullTest(), [], negated);
    const isNegated = word === 'NOT' ? !negated : negated;
    switch (word === 'NOT' ? this.take().value.toUpperCase() : word) {
      case 'LIKE':
        return toTerm(subject, 'LIKE', [this.value('LIKE', column)], isNegated);
      case 'IN':
        return inList(subject, this.list(column), isNegated);
      case 'BETWEEN':
        return this.between(subject, isNegated);
    }
    throw syntaxError(
      `expected an operator after ${quoted(column)}${this.insteadOf(first)} (= != < <= > >= LIKE IN BETWEEN IS NULL)`,
      first.at,
    );
  }

  /** Parses `NULL` or `NOT NULL` after IS. */
  private nullTest(): 'IS NULL' | 'IS NOT NULL' {
    const not = this.takeWord('NOT');
    if (!this.takeWord('NULL')) throw syntaxError('expected NULL', this.peek().at);
    return not ? 'IS NOT NULL' : 'IS NULL';
  }

  /** Parses the two values after BETWEEN. */
  private between(subject: Subject, negated: boolean): Clause {
    const low = this.value('BETWEEN', subject.column);
    if (!this.takeWord('AND')) throw syntaxError('expected AND between the two values of BETWEEN', this.peek().at);
    const high = this.value('AND', subject.column);
    return {
      kind: negated ? 'or' : 'and',
      operands: [toTerm(subject, '>=', [low], negated), toTerm(subject, '<=', [high], negated)],
    };
  }

  /** Parses a key in brackets, such as `Metadata['a key']`. Returns `.` and the key, or an empty text without brackets. */
  private bracketed(): string {
    if (!this.takeSign('[')) return '';
    const key = this.take();
    if (key.kind !== 'text') throw syntaxError("expected a key in quotes after '['", key.at);
    this.expectSign(']', "']'");
    return `.${key.value}`;
  }

  /** Parses one value. `after` is the text before the value, for errors. */
  private value(after: string, column: string): string {
    const token = this.take();
    if (token.kind === 'word' && token.value.toUpperCase() === 'NULL')
      throw syntaxError('use IS NULL or IS NOT NULL to compare with NULL', token.at);
    if (token.kind === 'text' || (token.kind === 'word' && UNQUOTED_VALUE.test(token.value))) return token.value;
    // The word is either a column or a string without quotes, so the error mentions both.
    if (token.kind === 'word') {
      const shown = redactedValue(column, token.value);
      throw syntaxError(`a string needs quotes: '${shown}'; columns cannot be compared with each other`, token.at);
    }
    if (token.kind === 'sign' && token.value === '=' && after === '=')
      throw syntaxError('use = once to compare', token.at);
    throw syntaxError(`expected a value after '${after}'`, token.at);
  }

  /** Parses the values of IN. */
  private list(column: string): string[] {
    this.expectSign('(', "'(' after IN");
    const values = [this.value('(', column)];
    while (this.takeSign(',')) values.push(this.value(',', column));
    this.expectSign(')', "',' or ')'");
    return values;
  }

  private expectSign(sign: string, expectation: string): void {
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

  /** Describes an unexpected token. A token is redacted if the text before it names a secret (`password: x`). */
  private describe({ kind, value, at }: Token): string {
    const redacted = isSecretAt(this.text, at - 1, at - 1 + value.length) ? MARK : quoted(value);
    return kind === 'text' ? `'${redacted}'` : redacted;
  }

  /** Returns the part of an error that names the unexpected token: `, not <token>`. */
  private insteadOf(token: Token): string {
    return token.kind === 'end' ? '' : `, not ${this.describe(token)}`;
  }
}
