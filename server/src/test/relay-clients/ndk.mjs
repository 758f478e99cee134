import { url, check, until, done } from './common.mjs';
import ndk, { NDKEvent, NDKPrivateKeySigner, NDKRelayAuthPolicies } from '@nostr-dev-kit/ndk';

const NDK = ndk.default ?? ndk;
const signer = NDKPrivateKeySigner.generate();
const user = await signer.user();
const client = new NDK({ explicitRelayUrls: [url], signer, enableOutboxModel: false });
client.relayAuthDefaultPolicy = NDKRelayAuthPolicies.signIn({ ndk: client });
await client.connect(5000);
await until(() => client.pool.connectedRelays().length === 1, 'a connection');

const heard = [];
const subscription = client.subscribe({ kinds: [1], authors: [user.pubkey] }, { closeOnEose: false });
subscription.on('event', (event) => heard.push(event));

const note = new NDKEvent(client, { kind: 1, content: 'from NDK', tags: [['t', 'ndk']] });
const where = await note.publish();
check(where.size === 1, 'published to one relay');
await until(() => heard.some((event) => event.id === note.id), 'the note, live');
const found = await client.fetchEvents({ '#t': ['ndk'], authors: [user.pubkey] });
check(found.size === 1, 'fetched by tag');

user.ndk = client;
user.profile = { name: 'ndk' };
await user.publish();
await until(async () => {
  const profile = await client.fetchEvent({ kinds: [0], authors: [user.pubkey] });
  return profile !== null && profile.content.includes('ndk');
}, 'the profile');

await note.delete('a mistake');
await until(async () => {
  const left = await client.fetchEvents({ ids: [note.id] }, { cacheUsage: 'ONLY_RELAY' });
  return left.size === 0;
}, 'the deletion');
done('NDK is content');
