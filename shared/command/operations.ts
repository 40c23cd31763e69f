/** `npm run operations -- show ID`: what became of an operation, and what to do. */
import { operationReport } from '../serve/connection/operation-report.ts';
import { command, connection } from './command.ts';

command('npm run operations -- show OPERATION_ID', async ([verb, id]) => {
  if (verb !== 'show' || id === undefined) return undefined;
  const { parts, sharesState } = connection();
  return JSON.stringify(sharesState ? await operationReport(parts.operations, id) : await fromServer(id), null, 2);
});

/** The state of `npm start` lives in its own process. */
async function fromServer(id: string): Promise<unknown> {
  const port = process.env['PORT'] ?? '8080';
  const answer = await fetch(`http://localhost:${port}/connection/operations/${encodeURIComponent(id)}`).catch(() => {
    throw new Error(
      `no GOOGLE_CLOUD_PROJECT and no FIRESTORE_EMULATOR_HOST is set, and no local server answers on port ${port}`,
    );
  });
  const body = (await answer.json()) as { error?: { message: string } };
  if (body.error !== undefined) throw new Error(body.error.message);
  return body;
}
