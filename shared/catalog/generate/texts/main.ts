/** Writes the descriptions of the catalog to the file that the first argument names. The build calls it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Action, Entity } from '../../types.ts';
import actionWords from '../../words/actions.json';
import entityWords from '../../words/entities.json';
import examples from '../../words/examples.json';
import fields from '../../words/fields.json';
import inputs from '../../words/inputs.json';
import { packDescriptions } from './pack.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(`shared/catalog/${file}`, 'utf8'));
const { entities } = read('entities/index.json') as { entities: Record<string, { file: string }> };
const { actions } = read('actions/index.json') as { actions: Record<string, string> };
const catalog = {
  entities: Object.values(entities).map(({ file }) => read(`entities/${file}`) as Entity),
  actions: Object.values(actions).map((file) => read(`actions/${file}`) as Action),
};
const [, , target = 'build/descriptions.json'] = process.argv;
const ownTexts = { actions: actionWords, entities: entityWords, examples, fields, inputs };
writeFileSync(target, JSON.stringify(packDescriptions(catalog, ownTexts)));
