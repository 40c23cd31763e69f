import type { Figure } from '../figure.ts';
import { post, startUnlimited, type Running } from '../../functions/framework.ts';
import { startSandbox, type Sandbox } from '../../../shared/sandbox/server.ts';
import { NOW, seedAccount, type Row } from './account.ts';
import { QUESTIONS, type Question } from './questions.ts';

interface Counted {
  readonly ids: readonly string[];
  readonly transactions: number;
}

/**
 * Transactions of 20 queries compared with listing all and filtering locally. Plain code checks every result.
 * Counted where they arrive: requests at the sandbox, from the built functions.
 */
export async function filters(): Promise<Figure[]> {
  let now = NOW;
  const sandbox = await startSandbox({ seed: 4, now: () => now });
  const { rows } = seedAccount(sandbox, (seconds) => (now = seconds));
  const server = await startUnlimited(sandbox);
  try {
    return await ask(sandbox, server, rows);
  } finally {
    await server.stop();
    await sandbox.close();
  }
}

async function ask(
  sandbox: Sandbox,
  server: Running,
  rows: Readonly<Record<string, readonly Row[]>>,
): Promise<Figure[]> {
  const read = (question: Question, clause: string, consistency: string): Promise<Counted> =>
    readAll(sandbox, server, { entity: question.entity, filterClause: clause, consistency });
  const plain = new Map<string, number>();
  const lines: string[] = [];
  let right = 0;
  const sum = { strong: 0, allowed: 0, plain: 0 };
  for (const question of QUESTIONS) {
    const all = plain.get(question.entity) ?? (await read(question, '', 'strong')).transactions;
    plain.set(question.entity, all);
    const wanted = (rows[question.entity] ?? []).filter((row) => question.holds(row)).map(({ id }) => id);
    const strong = await read(question, question.clause, 'strong');
    const eventual = question.eventual === true ? await read(question, question.clause, 'eventual') : undefined;
    if ([strong, eventual].every((one) => one === undefined || same(one.ids, wanted))) right += 1;
    else console.log(`answers differ: ${question.clause}`);
    sum.strong += strong.transactions;
    sum.allowed += (eventual ?? strong).transactions;
    sum.plain += all;
    const cells = [question.asked, `\`${question.clause}\``, wanted.length, strong.transactions];
    lines.push(`| ${[...cells, eventual?.transactions ?? '', all].join(' | ')} |`);
  }
  console.log('| question | clause | rows | transactions | with `eventual` | list all |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  console.log(lines.join('\n'));
  console.log(`| all 20 | | | ${sum.strong} | ${sum.allowed} | ${sum.plain} |`);
  const all = QUESTIONS.length;
  return [
    { name: 'filters: questions answered as plain code does', value: right, bar: String(all), ok: right === all },
    {
      name: 'filters: transactions of the questions, without and with `eventual`, compared with listing all',
      value: `${sum.strong}, ${sum.allowed}`,
      bar: `< ${sum.plain}`,
      ok: sum.strong < sum.plain,
    },
  ];
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && new Set([...found, ...wanted]).size === wanted.length;
}

async function readAll(sandbox: Sandbox, server: Running, body: Record<string, unknown>): Promise<Counted> {
  const before = sandbox.requests.length;
  const ids: string[] = [];
  let token: unknown = null;
  do {
    const page = { ...body, listEntitiesPageSize: 200, ...(token === null ? {} : { listEntitiesPageToken: token }) };
    const answer = await post(`${server.url}/list-entities`, page);
    if (answer.status !== 200) throw new Error(answer.text);
    ids.push(...(answer.body['connectorOutputPayload'] as { Id: string }[]).map(({ Id }) => Id));
    token = answer.body['listEntitiesNextPageToken'];
  } while (token !== null);
  return { ids, transactions: sandbox.requests.length - before };
}
