/** Google's services, in one file that is loaded when the first of them is used: their clients share most of their code. */
export { firestoreState } from './firestore.ts';
export { pubsub } from './pubsub.ts';
export { secretManager } from './secret-manager.ts';
