/** List prices in US dollars, without free tiers, of a region of tier 1 such as europe-west1. `stripe-connector cost` shows them. */

export interface Price {
  readonly of: string;
  readonly unit: string;
  readonly dollars: number;
  readonly source: string;
}

const RUN = 'https://cloud.google.com/run/pricing';
const FIRESTORE = 'https://firebase.google.com/docs/firestore/pricing';

export const PRICES = {
  vcpu: { of: 'Cloud Run, at work', unit: 'vCPU second', dollars: 0.000024, source: RUN },
  memory: { of: 'Cloud Run, at work or warm', unit: 'GiB second', dollars: 0.0000025, source: RUN },
  warmVcpu: { of: 'Cloud Run, warm', unit: 'vCPU second', dollars: 0.0000025, source: RUN },
  request: { of: 'Cloud Run requests', unit: 'a million', dollars: 0.4, source: RUN },
  write: { of: 'Firestore writes, one region', unit: '100,000', dollars: 0.09, source: FIRESTORE },
  read: { of: 'Firestore reads, one region', unit: '100,000', dollars: 0.03, source: FIRESTORE },
  delete: { of: 'Firestore deletes, one region', unit: '100,000', dollars: 0.01, source: FIRESTORE },
  storage: { of: 'Firestore storage, one region', unit: 'GiB month', dollars: 0.15, source: FIRESTORE },
  connectorNode: {
    of: "Google's connector",
    unit: 'node hour',
    dollars: 0.7,
    source: 'https://docs.cloud.google.com/application-integration/docs/faq',
  },
} as const satisfies Readonly<Record<string, Price>>;
