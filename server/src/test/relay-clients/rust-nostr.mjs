import { url, check, until, now, done } from './common.mjs';
import {
  loadWasmAsync, Client, ClientBuilder, NostrSigner, Keys, EventBuilder, EventDeletionRequest, Filter, Kind, Duration,
  Metadata, SyncOptions, Tag, Timestamp,
} from '@rust-nostr/nostr-sdk';

await loadWasmAsync();
const keys = Keys.generate();
const author = keys.publicKey;
const client = new ClientBuilder().signer(NostrSigner.keys(keys)).build();
check(client instanceof Client, 'a client');
await client.addRelay(url);
await client.connect();
const wait = () => Duration.fromSecs(5);
const fetched = async (filter) => (await client.fetchEvents(filter, wait())).toVec();
const notes = () => new Filter().author(author).kind(new Kind(1));

// A live subscription.
const heard = [];
client.handleNotifications({
  handleEvent: async (relay, subscription, event) => { heard.push(event.id.toHex()); return false; },
  handleMsg: async () => false,
});
await client.subscribe(notes());
const output = await client.sendEventBuilder(EventBuilder.textNote('from rust-nostr').tags([Tag.hashtag('rust')]));
check(output.success.length === 1, 'sent to one relay');
const second = Keys.generate();
const other = new ClientBuilder().signer(NostrSigner.keys(second)).build();
await other.addRelay(url);
await other.connect();
const brought = EventBuilder.textNote('brought by another').customCreatedAt(Timestamp.fromSecs(now() - 5))
  .signWithKeys(keys);
await other.sendEvent(brought);
await until(() => heard.includes(brought.id.toHex()), 'the note that another brought, live');

// What is stored.
await client.setMetadata(new Metadata().name('rusty'));
let events;
await until(async () => {
  events = await fetched(notes().hashtag('rust'));
  return events.length === 1;
}, 'the note');
check(events[0].verify(), 'verifies');
let metadata;
await until(async () => {
  metadata = await client.fetchMetadata(author, wait());
  return metadata !== undefined;
}, 'the profile');
check(metadata.getName() === 'rusty', `the name, not ${metadata.getName()}`);

// Reconciliation: a client that has nothing gets all.
const empty = new ClientBuilder().signer(NostrSigner.keys(Keys.generate())).build();
await empty.addRelay(url);
await empty.connect();
const { report } = await empty.sync(notes(), new SyncOptions());
check(report.remote.length === 2 && report.local.length === 0, `two are missing here, not ${report.remote.length}`);

// A deletion.
const request = new EventDeletionRequest();
request.ids = [brought.id];
await client.sendEventBuilder(EventBuilder.delete(request));
await until(async () => (await fetched(notes())).length === 1, 'the deletion');
done('rust-nostr is content');
