/** Google's services in one bundle, loaded on the first use of any: their clients share most of their code. */
export { firestoreState } from './firestore.ts';
export { idTokenVerifier } from './admin/id-token.ts';
export { pubsub } from './pubsub.ts';
export { secretManager } from './secret-manager.ts';
