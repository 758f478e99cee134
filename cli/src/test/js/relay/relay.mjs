// @nostr-relay/core on a free port of this machine, its events in memory: prints the port, then
// serves until it is killed. One answer holds at most 300 events, as relays cap them.
import { EventRepository, EventUtils } from '@nostr-relay/common';
import { NostrRelay } from '@nostr-relay/core';
import { Validator } from '@nostr-relay/validator';
import { WebSocketServer } from 'ws';

const ANSWER_MAX = 300;

class Memory extends EventRepository {
  events = new Map();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    if (this.events.has(event.id)) {
      return { isDuplicate: true };
    }
    this.events.set(event.id, event);
    return { isDuplicate: false };
  }

  find(filter) {
    return [...this.events.values()]
      .filter(event => EventUtils.isMatchingFilter(event, filter))
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1))
      .slice(0, Math.min(filter.limit ?? ANSWER_MAX, ANSWER_MAX));
  }

  async destroy() {}
}

const hostname = process.argv[2] || undefined;
const relay = new NostrRelay(new Memory(), {
  hostname,
  filterResultCacheTtl: 0,
  maxSubscriptionsPerClient: 100,
});
const validator = new Validator();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });

server.on('connection', client => {
  relay.handleConnection(client);
  client.on('message', async data => {
    try {
      await relay.handleMessage(client, await validator.validateIncomingMessage(data));
    } catch (error) {
      client.send(JSON.stringify(['NOTICE', String(error.message)]));
    }
  });
  client.on('close', () => relay.handleDisconnect(client));
});
server.on('listening', () => console.log(server.address().port));
