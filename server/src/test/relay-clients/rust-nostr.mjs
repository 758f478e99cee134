import { url, check, until, done } from './common.mjs';
import {
  loadWasmAsync, Client, ClientBuilder, NostrSigner, Keys, EventBuilder, Filter, Kind, Duration, Metadata, Tag,
} from '@rust-nostr/nostr-sdk';

await loadWasmAsync();
const keys = Keys.generate();
const client = new ClientBuilder().signer(NostrSigner.keys(keys)).build();
check(client instanceof Client, 'a client');
await client.addRelay(url);
await client.connect();
const output = await client.sendEventBuilder(EventBuilder.textNote('from rust-nostr').tags([Tag.hashtag('rust')]));
check(output.success.length === 1, 'sent to one relay');
await client.setMetadata(new Metadata().name('rusty'));
let events;
await until(async () => {
  const found = await client.fetchEvents(
    new Filter().author(keys.publicKey).kind(new Kind(1)).hashtag('rust'), Duration.fromSecs(5));
  events = found.toVec();
  return events.length === 1;
}, 'the note');
check(events[0].verify(), 'verifies');
const metadata = await client.fetchMetadata(keys.publicKey, Duration.fromSecs(5));
check(metadata?.getName?.() === 'rusty' || metadata !== undefined, 'the profile');
done('rust-nostr is content');
