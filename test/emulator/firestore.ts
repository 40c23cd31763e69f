import { firestoreEmulator } from '../outside-tools.mjs';
import { startEmulator, type Emulator } from './emulator.ts';

export type { Emulator } from './emulator.ts';

/** Undefined where the Google Cloud SDK's emulator or Java is not installed; the runner says what that leaves out. */
export function emulatorIsHere(): boolean {
  return firestoreEmulator() !== undefined;
}

/** The Firestore emulator on a free port of loopback. */
export async function startFirestore(): Promise<Emulator> {
  const script = firestoreEmulator();
  if (script === undefined) throw new Error('no Firestore emulator');
  return startEmulator({
    name: 'firestore',
    script,
    argumentsFor: (port) => ['start', '--host=127.0.0.1', `--port=${port}`],
    clear,
    warm,
  });
}

/** Empties every database of every project. */
async function clear(emulatorHost: string): Promise<void> {
  const { status } = await fetch(`http://${emulatorHost}/reset`, { method: 'POST' });
  if (status !== 200) throw new Error(`the Firestore emulator is not empty: ${status}`);
}

/** A cold Java machine needs seconds for its first commits, Firestore does not: tests begin once it answers promptly. */
async function warm(emulatorHost: string): Promise<void> {
  const { firestoreTokens } = await import('../../shared/adapters/google/limiter/firestore-tokens.ts');
  const store = firestoreTokens({ projectId: 'warm', databaseId: '(default)', emulatorHost });
  const member = { connection: 'warm', id: 'warm', place: 0 };
  for (let prompt = 0, tries = 0; prompt < 5; tries += 1) {
    if (tries > 200) throw new Error('the Firestore emulator stays slow');
    const asked = performance.now();
    const answered = await store
      .join(member)
      .then(({ atUs }) => store.countMembers(member, atUs))
      .then(
        () => true,
        () => false,
      );
    prompt = answered && performance.now() - asked < 150 ? prompt + 1 : 0;
  }
}
