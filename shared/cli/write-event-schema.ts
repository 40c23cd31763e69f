/**
 * `npm run event-schema`: writes the JSON schema of the messages of `events_topic`. The function `connection` serves the
 * schema at GET /events/schema. `-- --check` writes nothing and exits with status 1 if the file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { publishedMessage } from '../event-inbox/event-message.ts';

const SCHEMA_FILE = 'shared/event-inbox/event-message.schema.json';

const { $schema, ...schema } = z.toJSONSchema(publishedMessage(), { target: 'draft-2020-12' });
const schemaText = `${JSON.stringify({ $schema, title: 'Message of events_topic', ...schema }, null, 2)}\n`;

if (process.argv.includes('--check')) {
  const isCurrent = readFileSync(SCHEMA_FILE, 'utf8') === schemaText;
  if (!isCurrent) process.exitCode = 1;
  console.log(isCurrent ? `${SCHEMA_FILE} matches its source` : `${SCHEMA_FILE} differs; run npm run event-schema`);
} else {
  writeFileSync(SCHEMA_FILE, schemaText);
  console.log(`${SCHEMA_FILE} is written`);
}
