import { url, check, until, refused, now, done } from './common.mjs';
import { generateSecretKey, getPublicKey, finalizeEvent } from 'nostr-tools/pure';
import { Relay } from 'nostr-tools/relay';
import { getToken } from 'nostr-tools/nip98';
// Not among what the package exports.
import { NegentropyStorageVector, NegentropySync } from './node_modules/nostr-tools/lib/esm/nip77.js';

const administrator = Uint8Array.from(Buffer.from(process.argv[3], 'hex'));
const ann = generateSecretKey();
const annKey = getPublicKey(ann);
const sign = (secret, kind, content, tags = [], created_at = now()) =>
  finalizeEvent({ kind, content, tags, created_at }, secret);
const relay = await Relay.connect(url);
relay.publishTimeout = 30_000;

function stored(filter) {
  return new Promise((resolve, reject) => {
    const events = [];
    const sub = relay.subscribe([filter], {
      onevent: (event) => events.push(event),
      oneose: () => { resolve(events); sub.close(); },
      onclose: (reason) => reject(new Error(reason)),
    });
  });
}

// Reconciliation (NIP-77): 1,000 notes, of which each side misses some.
const notes = [];
for (let index = 0; index < 1000; index++) notes.push(sign(ann, 1, `n${index}`, [], now() - 3000 + index));
const there = notes.filter((note, index) => index % 10 !== 3);
for (let first = 0; first < there.length; first += 100) {
  await Promise.all(there.slice(first, first + 100).map((note) => relay.publish(note)));
}
const storage = new NegentropyStorageVector();
const here = notes.filter((note, index) => index % 7 !== 5);
for (const note of here) storage.insert(note.created_at, note.id);
storage.seal();
const [have, need] = [new Set(), new Set()];
await new Promise((resolve, reject) => {
  const sync = new NegentropySync(relay, storage, { kinds: [1], authors: [annKey] }, {
    onhave: (id) => have.add(id),
    onneed: (id) => need.add(id),
    onclose: (reason) => (reason ? reject(new Error(reason)) : resolve()),
  });
  sync.start();
});
const minus = (some, others) => {
  const taken = new Set(others.map((note) => note.id));
  return some.filter((note) => !taken.has(note.id)).map((note) => note.id);
};
const same = (set, ids) => set.size === ids.length && ids.every((id) => set.has(id));
check(same(have, minus(here, there)), `what the relay misses: ${have.size}`);
check(same(need, minus(there, here)), `what we miss: ${need.size}`);

// Administration (NIP-86), proved by NIP-98.
const http = url.replace(/^ws/, 'http');
async function manage(secret, method, ...params) {
  const body = { method, params };
  const authorization = await getToken(http, 'POST', (event) => finalizeEvent(event, secret), true, body);
  const answer = await fetch(http, {
    method: 'POST',
    headers: { 'content-type': 'application/nostr+json+rpc', authorization },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...(answer.ok ? await answer.json() : {}) };
}
const eve = generateSecretKey();
const eveKey = getPublicKey(eve);
await relay.publish(sign(eve, 1, 'spam'));
check((await manage(eve, 'banpubkey', annKey, 'mine now')).status === 403, 'a stranger administers nothing');
check((await manage(administrator, 'banpubkey', eveKey, 'spam')).result === true, 'banned');
const banned = (await manage(administrator, 'listbannedpubkeys')).result;
check(banned.length === 1 && banned[0].pubkey === eveKey && banned[0].reason === 'spam', 'listed');
check((await stored({ authors: [eveKey] })).length === 0, 'hidden');
await refused(relay.publish(sign(eve, 1, 'more spam')), 'blocked: ');
check((await manage(administrator, 'unbanpubkey', eveKey)).result === true, 'unbanned');
check((await stored({ authors: [eveKey] })).length === 1, 'there again');
check((await manage(administrator, 'supportedmethods')).result.includes('banevent'), 'says what it can');

// Vanishing (NIP-62).
const bob = generateSecretKey();
const bobKey = getPublicKey(bob);
const past = sign(bob, 1, 'past', [], now() - 60);
await relay.publish(past);
await refused(relay.publish(sign(bob, 62, '', [['relay', 'wss://elsewhere.example/']])), 'invalid: ');
const vanish = sign(bob, 62, 'goodbye', [['relay', 'ALL_RELAYS']], now() - 30);
await relay.publish(vanish);
await until(async () => {
  const left = await stored({ authors: [bobKey] });
  return left.length === 1 && left[0].id === vanish.id;
}, 'nothing is left but the request');
await refused(relay.publish(past), 'blocked: ');
await relay.publish(sign(bob, 1, 'again'));
done('nostr-tools is content');
