import { url, check, until, now, done } from './common.mjs';
import { NRelay1, NSecSigner } from '@nostrify/nostrify';
import { generateSecretKey } from 'nostr-tools/pure';

const signer = new NSecSigner(generateSecretKey());
const pubkey = await signer.getPublicKey();
const relay = new NRelay1(url, { auth: (challenge) => signer.signEvent({
  kind: 22242, content: '', created_at: now(), tags: [['relay', url], ['challenge', challenge]],
}) });

const note = await signer.signEvent({ kind: 1, content: 'from nostrify', tags: [], created_at: now() });
const live = [];
const stop = new AbortController();
const listening = (async () => {
  for await (const message of relay.req([{ kinds: [1], authors: [pubkey] }], { signal: stop.signal })) {
    if (message[0] === 'EVENT') live.push(message[2]);
  }
})().catch(() => {});
await relay.event(note);
await until(() => live.length === 1, 'the note, live');
check((await relay.query([{ ids: [note.id] }])).length === 1, 'queried');
const count = await relay.count([{ authors: [pubkey] }]);
check(count.count === 1, 'counted');
const wrap = await signer.signEvent({ kind: 1059, content: 'x', tags: [['p', pubkey]], created_at: now() });
await relay.event(wrap);
await until(async () => (await relay.query([{ kinds: [1059], '#p': [pubkey] }])).length === 1, 'the wrap after AUTH');
stop.abort();
await listening;
done('nostrify is content');
