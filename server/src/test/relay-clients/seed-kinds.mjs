import { url, check, until, refused, now, done } from './common.mjs';
import { generateSecretKey, getPublicKey, finalizeEvent, verifyEvent } from 'nostr-tools/pure';
import { Relay } from 'nostr-tools/relay';
import WebSocket from 'ws';

const http = url.replace(/^ws/, 'http');
const ann = generateSecretKey();
const bob = generateSecretKey();
const annKey = getPublicKey(ann);
const bobKey = getPublicKey(bob);
const sign = (secret, kind, content, tags = [], created_at = now()) =>
  finalizeEvent({ kind, content, tags, created_at }, secret);

async function connected(secret) {
  const relay = await Relay.connect(url);
  relay.publishTimeout = 30_000;
  await until(() => relay.challenge !== undefined, 'the challenge');
  if (secret) await relay.auth((template) => finalizeEvent(template, secret));
  return relay;
}

function stored(relay, filter) {
  return new Promise((resolve, reject) => {
    const events = [];
    const sub = relay.subscribe([filter], {
      onevent: (event) => events.push(event),
      oneose: () => { resolve(events); sub.close(); },
      onclose: (reason) => reject(new Error(reason)),
    });
  });
}

async function call(method, path, body) {
  const answer = await fetch(new URL(path, http), {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  check(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

// A chat that nostr-tools publishes is seen live on the scope's WebSocket and over HTTP.
const frames = [];
const socket = new WebSocket(new URL('/sync', url).href);
socket.on('message', (data) => frames.push(JSON.parse(data)));
await new Promise((resolve) => socket.on('open', resolve));
socket.send(JSON.stringify({ type: 'subscribe', scope: 'chat:tools', lastSyncId: 0 }));
await until(() => frames.some((frame) => frame.type === 'live'), 'the live mark');

const anns = await connected(ann);
const chat = (secret, content, tags = [], at = now()) =>
  sign(secret, 30001, JSON.stringify(content), [['d', 'tools'], ...tags], at);
await anns.publish(chat(ann, {
  messages: [{ id: 'm1', content: 'from nostr-tools' }],
  metadata: { title: 'Tools' },
}, [['p', bobKey]]));
const events = () => frames.filter((frame) => frame.type === 'sync').flatMap((frame) => frame.events);
await until(() => events().some((event) => event.model === 'Message'), 'the message, on the scope');
check(events().find((event) => event.model === 'chat').data.title === 'Tools', 'the chat, on the scope');
check((await call('GET', '/api/message/m1?scope=chat:tools')).content === 'from nostr-tools', 'over HTTP');
check((await call('GET', `/api/grant/${bobKey}?scope=chat:tools`)).right === 'read', 'shared');

// What HTTP writes is heard and found by those who may read, and by nobody else.
const bobs = await connected(bob);
const nobody = await connected();
const [heard, leaked] = [[], []];
const filter = { kinds: [9, 30001], '#h': ['tools'] };
bobs.subscribe([filter], { onevent: (event) => heard.push(event) });
nobody.subscribe([filter], { onevent: (event) => leaked.push(event) });
await until(() => heard.length === 1, 'the stored message');
await call('POST', '/api/message', { id: 'm2', scope: 'chat:tools', content: 'over HTTP' });
await until(() => heard.length === 2, 'the message, live');
const shown = heard[1];
check(verifyEvent(shown) && shown.content === 'over HTTP', 'signed');
check(shown.tags.some((tag) => tag[0] === 'proxy' && tag[2] === 'web'), 'a proxy tag');
const information = await (await fetch(http, { headers: { accept: 'application/nostr+json' } })).json();
check(shown.pubkey === information.self, 'by the key of the relay');
await call('PATCH', '/api/chat/tools?scope=chat:tools', { title: 'Tools 2' });
const chats = await stored(bobs, { kinds: [30001], authors: [information.self], '#d': ['tools'] });
check(JSON.parse(chats[0].content).metadata.title === 'Tools 2', 'the chat, stored');
check(leaked.length === 0 && (await stored(nobody, filter)).length === 0, 'nothing leaks');
check((await nobody.count([filter], {})) === 0, 'nor is it counted');

// Rights, versions, fields of the server's.
await refused(bobs.publish(chat(bob, { metadata: { title: 'Bob’s' } })), 'restricted: ');
await refused(anns.publish(chat(ann, { metadata: { title: 'stale' } }, [['version', '1']], now() + 1)), 'blocked: ');
await anns.publish(chat(ann, { metadata: { title: 'Tools 3' } }, [['version', '2']], now() + 2));
check((await call('GET', '/api/chat/tools?scope=chat:tools')).title === 'Tools 3', 'a patch of version 2');
await anns.publish(sign(ann, 10001, JSON.stringify({ preferences: { theme: 'dark' }, features: [] })));
const settings = `/api/settings/settings?scope=user:${annKey}`;
check((await call('GET', settings)).preferences.theme === 'dark', 'settings');
await call('PATCH', settings, { subscription_status: 'pro' });
const mine = await stored(anns, { kinds: [30078], '#p': [annKey] });
check(JSON.parse(mine[0].content).subscription_status === 'pro', 'what the server says of her');
await refused(
  anns.publish(sign(ann, 10001, '{"subscription_status":"pro"}', [['client', 'anabranch']], now() + 1)),
  'restricted: ',
);
await refused(
  anns.publish(sign(ann, 1, 'mine', [['t', 'training'], ['quality', '5'], ['h', 'tools']])),
  'restricted: ',
);
await anns.publish(chat(ann, { metadata: { training_opt_in: true } }, [], now() + 3));
const contribution = sign(ann, 1, 'mine', [['t', 'training'], ['quality', '5'], ['h', 'tools']], now() + 1);
await anns.publish(contribution);
const training = await call('GET', `/api/training_data/${contribution.id}?scope=user:${annKey}`);
check(training.quality === 5 && training.chat === 'tools', 'training data');
socket.close();
done('seed kinds: nostr-tools is content');
