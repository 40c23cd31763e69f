/**
 * `npm run bench -- limiter [--drill] [NAME ...]`: the limiter's figures, or its drills. Separate processes, the
 * Firestore emulator behind a loopback delay of 8 ms each way, load above the limit, ceilings lifted. One line a
 * figure: `name value bar ok|MISSED`; exit status 1 if one is missed.
 */
import { firestoreTokens } from '../../../shared/adapters/google/limiter/firestore-tokens.ts';
import { report } from '../figure.ts';
import { startFirestore } from '../../emulator/firestore.ts';
import { drills } from './drills.ts';
import { setStage } from './fleet.ts';
import { steady } from './steady.ts';

export type Say = (name: string, value: number | string, bar: string, ok: boolean) => void;

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const emulator = await startFirestore();
  await warm(emulator.host);
  const stage = await setStage(__dirname, emulator.host);
  let missed = 0;
  const say: Say = (name, value, bar, ok) => {
    missed += report([{ name: `limiter: ${name}`, value, bar, ok }]);
  };
  try {
    for (const [name, figures] of Object.entries(args.includes('--drill') ? drills : steady))
      if (wanted.length === 0 || wanted.some((part) => name.includes(part))) await figures(stage, say);
  } finally {
    stage.clear();
    await emulator.stop();
  }
  console.log(missed === 0 ? 'every figure reached' : `${missed} figures MISSED`);
  process.exit(missed === 0 ? 0 : 1);
}

/** A Java machine compiles what it runs often: Firestore is warm always, the emulator after a thousand commits. */
async function warm(emulatorHost: string): Promise<void> {
  const store = firestoreTokens({ projectId: 'bench', databaseId: '(default)', emulatorHost });
  const member = { connection: 'warm', id: 'warm', place: 0.5 };
  const { atUs: notBeforeUs } = await store.join(member);
  const requests = [{ lane: 0, count: 1, spacingUs: 1 }];
  for (let commit = 0; commit < 1000; commit += 1) await store.reserve({ member, requests, notBeforeUs, renew: false });
  for (let look = 0; look < 200; look += 1) await store.countMembers(member, notBeforeUs);
}

void main(process.argv.slice(2));
