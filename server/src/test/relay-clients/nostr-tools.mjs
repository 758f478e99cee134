import { url, check, until, refused, now, done } from './common.mjs';
import { generateSecretKey, getPublicKey, finalizeEvent, verifyEvent } from 'nostr-tools/pure';
import { Relay } from 'nostr-tools/relay';
import { SimplePool } from 'nostr-tools/pool';
import * as nip59 from 'nostr-tools/nip59';

const ann = generateSecretKey();
const bob = generateSecretKey();
const annKey = getPublicKey(ann);
const bobKey = getPublicKey(bob);
const sign = (secret, kind, content, tags = [], created_at = now()) =>
  finalizeEvent({ kind, content, tags, created_at }, secret);

function stored(relay, filters) {
  return new Promise((resolve, reject) => {
    const events = [];
    const sub = relay.subscribe(filters, {
      onevent: (event) => events.push(event),
      oneose: () => { resolve(events); sub.close(); },
      onclose: (reason) => reject(new Error(reason)),
    });
  });
}

const relay = await Relay.connect(url);
relay.publishTimeout = 30_000;
const heard = [];
const live = relay.subscribe([{ authors: [annKey], kinds: [1] }], { onevent: (event) => heard.push(event) });

const note = sign(ann, 1, 'from nostr-tools 🚀', [['t', 'tools']]);
await relay.publish(note);
await until(() => heard.length === 1, 'the note, live');
check(verifyEvent(heard[0]), 'what is heard is what was signed');
check((await stored(relay, [{ '#t': ['tools'], authors: [annKey] }])).length === 1, 'found by tag');
check((await stored(relay, [{ ids: [note.id] }]))[0].content === note.content, 'found by id');
check((await stored(relay, [{ search: 'TOOLS' }])).some((event) => event.id === note.id), 'found by word');
check((await relay.count([{ authors: [annKey] }], {})) === 1, 'counted');

const profile = sign(ann, 0, '{"name":"ann"}');
await relay.publish(profile);
await refused(relay.publish(sign(ann, 0, '{}', [], now() - 60)), 'blocked: ');
const post = sign(ann, 30023, 'one', [['d', 'post']], now() - 10);
const better = sign(ann, 30023, 'two', [['d', 'post']]);
await relay.publish(post);
await relay.publish(better);
const posts = await stored(relay, [{ kinds: [30023], authors: [annKey], '#d': ['post'] }]);
check(posts.length === 1 && posts[0].content === 'two', 'the newest of an address');

await relay.publish(sign(ann, 5, '', [['e', note.id]]));
check((await stored(relay, [{ ids: [note.id] }])).length === 0, 'deleted');
await refused(relay.publish(note), 'blocked: ');
await refused(relay.publish(sign(ann, 1, 'old', [['expiration', String(now() - 5)]])), 'invalid: ');

const wrap = nip59.wrapEvent({ kind: 14, content: 'for bob only', tags: [['p', bobKey]] }, ann, bobKey);
await relay.publish(wrap);
await refused(stored(relay, [{ kinds: [1059], '#p': [bobKey] }]), 'auth-required: ');
const bobs = await Relay.connect(url);
bobs.publishTimeout = 30_000;
await until(() => bobs.challenge !== undefined, 'the challenge');
await bobs.auth((template) => finalizeEvent(template, bob));
const wraps = await stored(bobs, [{ kinds: [1059], '#p': [bobKey] }]);
check(wraps.length === 1 && nip59.unwrapEvent(wraps[0], bob).content === 'for bob only', 'unwrapped');
await refused(bobs.publish(sign(ann, 1, 'protected', [['-']])), 'restricted: ');
await bobs.publish(sign(bob, 1, 'protected', [['-']]));

const pool = new SimplePool();
check((await pool.querySync([url], { authors: [annKey] })).length === 3, 'everything of ann by a pool');
check((await pool.get([url], { kinds: [0], authors: [annKey] })).id === profile.id, 'one by a pool');
live.close();
done('nostr-tools is content');
