import { url, check, now, done } from './common.mjs';
import { NostrFetcher } from 'nostr-fetch';
import { Relay } from 'nostr-tools/relay';
import { generateSecretKey, getPublicKey, finalizeEvent } from 'nostr-tools/pure';
import WebSocket from 'ws';

const secret = generateSecretKey();
const author = getPublicKey(secret);
const relay = await Relay.connect(url);
relay.publishTimeout = 30_000;
const start = now() - 5000;
// Many of one second: whoever pages by `until` loses some where a relay stops in the middle of it.
for (let first = 0; first < 1300; first += 100) {
  const publishing = [];
  for (let index = first; index < first + 100; index++) {
    const created_at = start + Math.floor(index / 7);
    publishing.push(relay.publish(finalizeEvent({ kind: 1, content: `n${index}`, tags: [], created_at }, secret)));
  }
  await Promise.all(publishing);
}
const fetcher = NostrFetcher.init({ webSocketConstructor: WebSocket });
const all = await fetcher.fetchAllEvents([url], { kinds: [1], authors: [author] }, {});
check(all.length === 1300, `all of them, not ${all.length}`);
const latest = await fetcher.fetchLatestEvents([url], { authors: [author] }, 10);
check(latest.length === 10 && latest.every((event) => event.created_at >= start + 183), 'the latest');
done('nostr-fetch is content');
