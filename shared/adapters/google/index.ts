/** The bundle of all Google services, whose clients share most of their code. It is loaded on first use. */
export { firestoreState } from './firestore.ts';
export { idTokenVerifier } from './admin/id-token.ts';
export { pubsub } from './pubsub.ts';
export { secretManager } from './secret-manager.ts';
