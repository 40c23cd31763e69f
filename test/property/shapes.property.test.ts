import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { flatten } from '../../shared/operations/rows/flatten.ts';
import { checkId } from '../../shared/operations/request/ids.ts';
import { innerFields, joinedNames, pascal, resolvePascal } from '../../shared/catalog/names.ts';
import { readScalar } from '../../shared/operations/request/params/scalars.ts';
import type { Fields } from '../../shared/catalog/types.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { parseClause } from '../../shared/query/syntax/parser.ts';

const catalog = catalogFiles(path.resolve('shared/catalog'));

const json = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'a.b', '__proto__')), tie('tree'), { maxKeys: 4 }),
  ),
}));
const trees = fc.dictionary(fc.string({ minLength: 1 }), json.tree, { maxKeys: 5 });

/** Leaves in order: scalars, nulls, arrays and empty objects. */
function leaves(tree: unknown): unknown[] {
  if (typeof tree === 'object' && tree !== null && !Array.isArray(tree) && Object.keys(tree).length > 0)
    return Object.values(tree).flatMap(leaves);
  return [tree];
}

test('flattening loses no leaf, keeps the order and merges no two keys', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      if (Object.keys(tree).length === 0) return;
      const texts = leaves(tree).map((leaf) => {
        if (leaf === null || (typeof leaf === 'object' && Object.keys(leaf).length === 0)) return null;
        return Array.isArray(leaf) ? JSON.stringify(leaf) : String(leaf);
      });
      // Integer-like keys come first in any JavaScript object: order is asked of the others.
      const row = flatten(tree);
      assert.equal(Object.keys(row).length, texts.length);
      const numeric = Object.keys(row).some((key) => /^\d+$/.test(key));
      if (numeric) assert.deepEqual(Object.values(row).map(String).sort(), texts.map(String).sort());
      else assert.deepEqual(Object.values(row), texts);
    }),
  );
});

/** Every leaf path of the fields, as Stripe names it. */
function paths(fields: Fields, depth = 0): string[][] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const inner = depth < 8 ? innerFields(field.type) : undefined;
    return [[name], ...(inner === undefined ? [] : paths(inner, depth + 1).map((rest) => [name, ...rest]))];
  });
}

for (const name of catalog.names()) {
  test(`${name}: no two columns collide, and every input name maps to its parameter`, () => {
    const entity = catalog.entity(name);
    const columns = joinedNames(entity.fields);
    assert.deepEqual(
      columns.filter((column, index) => columns.indexOf(column) !== index),
      [],
    );
    for (const row of Object.values(entity.operations)) {
      const names = joinedNames(row.params);
      assert.deepEqual(
        names.filter((one, index) => names.indexOf(one) !== index),
        [],
        row.path,
      );
      for (const way of paths(row.params)) {
        const found = resolvePascal(way.map(pascal).join(''), row.params);
        assert.deepEqual(found?.path, way);
      }
    }
  });
}

test('only whole numbers pass as amounts, unchanged', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double(), fc.integer(), fc.string(), fc.maxSafeInteger().map(String), fc.boolean()),
      (value) => {
        const read = readScalar('integer', value);
        if ('problem' in read) return;
        assert.ok(Number.isSafeInteger(read.value));
        assert.equal(Number(value) + 0, read.value);
      },
    ),
  );
  fc.assert(
    fc.property(fc.maxSafeInteger(), (whole) => assert.deepEqual(readScalar('integer', whole), { value: whole })),
  );
});

test('only ids that cannot leave their path segment pass', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (id) => {
      try {
        checkId('entityId', id);
      } catch (error) {
        assert.ok(isConnectorError(error));
        return;
      }
      const url = new URL(`http://stripe/v1/customers/${encodeURIComponent(id)}`);
      assert.equal(url.pathname.split('/').length, 4);
      assert.equal(decodeURIComponent(url.pathname.split('/')[3] ?? ''), id);
      assert.ok(id.length > 0 && id.length <= 255);
    }),
    { numRuns: 2000 },
  );
});

test('a quoted value of any text comes back from a clause', () => {
  fc.assert(
    fc.property(fc.string(), (value) =>
      assert.deepEqual(parseClause(`Email = '${value.replaceAll("'", "''")}'`), {
        kind: 'term',
        column: 'Email',
        operator: '=',
        values: [value],
        at: 1,
      }),
    ),
  );
});

test('a clause of any text is parsed or gives a clear error', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", '=', ' ', 'a', 'AND', '<', '%', '\n', '9') }), (text) => {
      try {
        assert.ok(['term', 'and', 'or'].includes(parseClause(text).kind));
      } catch (error) {
        assert.ok(isConnectorError(error) && /at \d+/.test(error.message), String(error));
      }
    }),
  );
});

test('settings are read, or rejected with the names of the faulty ones', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
  const document = fc.record(
    {
      name: fc.oneof(fc.constant('pay'), value),
      region: fc.oneof(fc.constant('local'), value),
      min_nodes: value,
      max_nodes: value,
      limit_scope: value,
      verbosity: value,
      colour: value,
      labels: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, (settings) => {
      try {
        const parsed = parseSettings(settings);
        assert.ok(parsed.minNodes <= parsed.maxNodes);
        assert.ok(!('colour' in settings));
      } catch (error) {
        assert.ok(isConnectorError(error) && error.details.violations!.length > 0, String(error));
        assert.ok(
          error.details.violations!.every(
            ({ field }) =>
              Object.hasOwn(settings, field.split('.')[0]!) ||
              ['name', 'region'].includes(field) ||
              // The default of min_nodes is more than the given max_nodes.
              (field === 'min_nodes' && Object.hasOwn(settings, 'max_nodes')),
          ),
        );
      }
    }),
  );
});
