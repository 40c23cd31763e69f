import type { AccountUsers } from '../../../ports/account-users.ts';
import {
  commitOnce,
  databaseOf,
  readFirst,
  throwStoreError,
  type FirestoreClient,
  type FirestoreOptions,
} from '../firestore-client.ts';
import { NO_RETRY } from '../rest.ts';

interface UserFields {
  readonly mapValue?: {
    readonly fields?: {
      readonly perSecond?: { readonly integerValue?: unknown };
      readonly hasCeiling?: { readonly booleanValue?: boolean };
      readonly seenMs?: { readonly integerValue?: unknown };
    } | null;
  };
}
interface AccountFound {
  readonly found?: {
    readonly fields?: {
      readonly users?: { readonly mapValue?: { readonly fields?: Record<string, UserFields> } };
    } | null;
  } | null;
}

/**
 * Stores the connections that use a Stripe account. Each account has the document `stripeAccounts/{fingerprint}`, with
 * a field for each connection under `users`.
 */
export function firestoreAccountUsers(options: FirestoreOptions, client: FirestoreClient): AccountUsers {
  const database = databaseOf(options);
  const nameOf = (account: string): string => `${database}/documents/stripeAccounts/${account}`;
  return {
    async read(account) {
      const documents = [nameOf(account)];
      const { found } = await readFirst<AccountFound>(() =>
        client.batchGetDocuments({ database, documents }, NO_RETRY),
      );
      return Object.entries(found?.fields?.users?.mapValue?.fields ?? {}).map(([connection, { mapValue }]) => ({
        connection,
        perSecond: Number(mapValue?.fields?.perSecond?.integerValue ?? 0),
        hasCeiling: mapValue?.fields?.hasCeiling?.booleanValue === true,
        seenMs: Number(mapValue?.fields?.seenMs?.integerValue ?? 0),
      }));
    },

    async write(account, { connection, perSecond, hasCeiling, seenMs }) {
      const fields = {
        perSecond: { integerValue: String(Math.ceil(perSecond)) },
        hasCeiling: { booleanValue: hasCeiling },
        seenMs: { integerValue: String(seenMs) },
      };
      const users = { mapValue: { fields: { [connection]: { mapValue: { fields } } } } };
      const write = {
        update: { name: nameOf(account), fields: { users } },
        // The mask limits the write to the field of this connection.
        updateMask: { fieldPaths: [`users.\`${connection}\``] },
      };
      await commitOnce(client, { database, writes: [write] }).catch(throwStoreError);
    },
  };
}
