// @nostr-relay/core: `relay.mjs PORT [FILE]`. Its events stand in its own store on SQLite, as that store opens the file;
// without a file in memory, with an index by id and one by author.
import {EventRepository, EventUtils} from '@nostr-relay/common';
import {NostrRelay} from '@nostr-relay/core';
import {Validator} from '@nostr-relay/validator';
import {WebSocketServer} from 'ws';

const ANSWER_MAX = 500;

class Memory extends EventRepository {
  events = new Map();
  byAuthor = new Map();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    if (this.events.has(event.id)) return {isDuplicate: true};
    this.events.set(event.id, event);
    const own = this.byAuthor.get(event.pubkey);
    if (own) own.push(event);
    else this.byAuthor.set(event.pubkey, [event]);
    return {isDuplicate: false};
  }

  candidates(filter) {
    if (filter.ids) return filter.ids.map((id) => this.events.get(id)).filter(Boolean);
    if (filter.authors) return filter.authors.flatMap((author) => this.byAuthor.get(author) ?? []);
    return [...this.events.values()];
  }

  find(filter) {
    return this.candidates(filter)
      .filter((event) => EventUtils.isMatchingFilter(event, filter))
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1))
      .slice(0, Math.min(filter.limit ?? ANSWER_MAX, ANSWER_MAX));
  }

  async destroy() {}
}

const stored = async (file) => {
  const {EventRepositorySqlite} = await import('@nostr-relay/event-repository-sqlite');
  const events = new EventRepositorySqlite(file);
  await events.init();
  return events;
};

const [port, file] = process.argv.slice(2);
const relay = new NostrRelay(file ? await stored(file) : new Memory(), {filterResultCacheTtl: 0, maxSubscriptionsPerClient: 100});
const validator = new Validator();
const server = new WebSocketServer({host: '127.0.0.1', port: Number(port), backlog: 1024, perMessageDeflate: false});

server.on('connection', (client) => {
  relay.handleConnection(client);
  client.on('message', async (data) => {
    try {
      await relay.handleMessage(client, await validator.validateIncomingMessage(data));
    } catch (error) {
      client.send(JSON.stringify(['NOTICE', String(error.message)]));
    }
  });
  client.on('close', () => relay.handleDisconnect(client));
  client.on('error', () => {});
});
