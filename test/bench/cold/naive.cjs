/** The same job as one of the functions, written naively: every client at the top, nothing bundled. */
'use strict';
const { z } = require('zod');
const Stripe = require('stripe');
const { SecretManagerServiceClient } = require('@google-cloud/secret-manager');
const { v1 } = require('@google-cloud/firestore');

const body = z.object({ entity: z.string(), entityId: z.string() });
const secrets = new SecretManagerServiceClient({ fallback: true });
const firestore = new v1.FirestoreClient({ fallback: true, projectId: 'bench' });
const root = 'projects/bench/databases/(default)';

exports.naive = async (request, response) => {
  const parsed = body.safeParse(request.body);
  if (!parsed.success) return void response.status(400).json({ error: parsed.error.issues });
  const [secret] = await secrets.accessSecretVersion({ name: 'projects/bench/secrets/key/versions/1' });
  const maximum = { integerValue: String(Date.now() * 1000) };
  const increment = { integerValue: '175000' };
  const document = `${root}/documents/connections/naive/shards/0`;
  const fieldTransforms = [
    { fieldPath: 'tat', maximum },
    { fieldPath: 'tat', increment },
  ];
  await firestore.commit({ database: root, writes: [{ transform: { document, fieldTransforms } }] });
  const stripe = new Stripe(Buffer.from(secret.payload.data, 'base64').toString());
  const customer = await stripe.customers.retrieve(parsed.data.entityId);
  response.json({ connectorOutputPayload: { Id: customer.id, Email: customer.email } });
};
