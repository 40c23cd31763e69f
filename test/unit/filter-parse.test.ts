import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConnectorError } from '../../shared/errors.ts';
import type { Clause } from '../../shared/query/syntax/ast.ts';
import { parseClause } from '../../shared/query/syntax/parser.ts';

/** A clause as nested lists: `[column, operator, ...values]`, `['and', ...]`. */
function plain(clause: Clause): unknown[] {
  return clause.kind === 'term'
    ? [clause.column, clause.operator, ...clause.values]
    : [clause.kind, ...clause.operands.map(plain)];
}

for (const [clause, tree] of [
  ["Email = 'a@b.c'", ['Email', '=', 'a@b.c']],
  ["Name='o''hara'", ['Name', '=', "o'hara"]],
  ['Amount > 100', ['Amount', '>', '100']],
  ["Amount <> '5'", ['Amount', '!=', '5']],
  ['a = 1 and b = 2 OR c = 3', ['or', ['and', ['a', '=', '1'], ['b', '=', '2']], ['c', '=', '3']]],
  ['a = 1 AND (b = 2 OR c = 3)', ['and', ['a', '=', '1'], ['or', ['b', '=', '2'], ['c', '=', '3']]]],
  ['NOT a = 1', ['a', '!=', '1']],
  ['NOT (a = 1 AND b < 2)', ['or', ['a', '!=', '1'], ['b', '>=', '2']]],
  ['NOT (a = 1 OR NOT b = 2)', ['and', ['a', '!=', '1'], ['b', '=', '2']]],
  ["a LIKE 'x%'", ['a', 'LIKE', 'x%']],
  ["a NOT LIKE 'x%'", ['a', 'NOT LIKE', 'x%']],
  ["NOT a LIKE 'x%'", ['a', 'NOT LIKE', 'x%']],
  ["a IN ('x', 2,'z')", ['a', 'IN', 'x', '2', 'z']],
  ["a NOT IN ('x', 'y')", ['and', ['a', '!=', 'x'], ['a', '!=', 'y']]],
  ["NOT a NOT IN ('x')", ['a', 'IN', 'x']],
  ['a BETWEEN 1 AND 5', ['and', ['a', '>=', '1'], ['a', '<=', '5']]],
  ['a NOT BETWEEN 1 AND 5 AND b = 2', ['and', ['or', ['a', '<', '1'], ['a', '>', '5']], ['b', '=', '2']]],
  ['a IS NULL', ['a', 'IS NULL']],
  ['a IS NOT NULL', ['a', 'IS NOT NULL']],
  ['NOT a IS NULL', ['a', 'IS NOT NULL']],
  ["Metadata.order_id = '6735'", ['Metadata.order_id', '=', '6735']],
  ["Metadata['a key'] = 'x'", ['Metadata.a key', '=', 'x']],
  ['Created >= 2026-05-01T00:00:00Z', ['Created', '>=', '2026-05-01T00:00:00Z']],
] as const) {
  test(`parses ${clause}`, () => assert.deepEqual(plain(parseClause(clause)), tree));
}

for (const [clause, message] of [
  ['Email =', /filterClause: expected a value after '=' at 8$/],
  ['Email', /expected an operator after Email \(= != < <= > >= LIKE IN BETWEEN IS NULL\) at 6$/],
  ["Email = 'a", /missing closing quote at 9$/],
  ['= 5', /expected a column, not = at 1$/],
  ["Email = 'a' AND", /expected a column at 16$/],
  ['Email = "x"', /a string needs single quotes \('\.\.\.'\), not double quotes at 9$/],
  ["Email == 'x'", /use = once to compare at 8$/],
  ['Email = ; x', /unexpected ";" at 9$/],
  ["(Email = 'a'", /expected '\)' at 13$/],
  ["Email = 'a')", /'\)' without '\(' at 12$/],
  ["Email = 'a' Name = 'b'", /expected AND or OR, not Name at 13$/],
  ["Email IN 'a'", /expected '\(' after IN at 10$/],
  ["Email IN ('a' 'b')", /expected ',' or '\)' at 15$/],
  ['Email IN ()', /expected a value after '\(' at 11$/],
  ['a BETWEEN 1 OR 2', /expected AND between the two values of BETWEEN at 13$/],
  ['a IS 5', /expected NULL at 6$/],
  ['a = NULL', /use IS NULL or IS NOT NULL to compare with NULL at 5$/],
  ['a LIKE', /expected a value after 'LIKE' at 7$/],
  ["Metadata[x] = 'y'", /expected a key in quotes after '\[' at 10$/],
  ["'Email' = 'a'", /expected a column, not 'Email' at 1$/],
  ['', /expected a column at 1$/],
  [`${'('.repeat(200)}a = 1`, /nested deeper than 50 levels/],
  [Array.from({ length: 501 }, () => 'a = 1').join(' OR '), /more than 500 terms/],
] as const) {
  test(`rejects the clause ${clause.slice(0, 40)} with a position`, () =>
    assert.throws(
      () => parseClause(clause),
      (error) => isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && message.test(error.message),
    ));
}

// Contract 9: no password in an error answer. Its name says what it is, and an error tells the value without its name.
for (const clause of [
  'Metadata.password = hunter2',
  "Metadata['api_key'] = hunter2",
  'client_secret=hunter2',
  'ClientSecret IN (hunter2)',
  'password: hunter2',
  "Email = 'a' AND X-Api-Key: hunter2",
  "password: 'hunter2'",
])
  test(`an error does not show the value of a column with a secret's name: ${clause}`, () => {
    assert.throws(
      () => parseClause(clause),
      (error: Error) => !error.message.includes('hunter2') && error.message.includes('[redacted]'),
    );
  });
