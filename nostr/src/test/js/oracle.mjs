// One command a line, its arguments one JSON array; one line of JSON answers it.
import { createInterface } from "node:readline";
import { finalizeEvent, verifyEvent } from "nostr-tools/pure";
import { matchFilter } from "nostr-tools/filter";
import * as nip13 from "nostr-tools/nip13";
import * as nip19 from "nostr-tools/nip19";
import * as nip44 from "nostr-tools/nip44";
import * as nip59 from "nostr-tools/nip59";
import * as nip45 from "nostr-tools/nip45";
import { Negentropy as Tools, NegentropyStorageVector } from "./node_modules/nostr-tools/lib/esm/nip77.js";
import { Negentropy as Kit, NegentropyStorage } from "@nostr-dev-kit/sync";

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (array) => Buffer.from(array).toString("hex");
const conversation = (secret, key) => nip44.v2.utils.getConversationKey(bytes(secret), key);

let records = [];
let client = null;

const filled = (storage) => {
  for (const [time, id] of records) storage.insert(time, id);
  storage.seal();
  return storage;
};

const commands = {
  verify: (event) => verifyEvent(event),
  sign: (secret, template) => finalizeEvent(template, bytes(secret)),
  matches: (filters, event) => filters.map((filter) => matchFilter(filter, event)),
  bits: (id) => nip13.getPow(id),
  decode: (text) => nip19.decode(text),
  npub: (key) => nip19.npubEncode(key),
  nsec: (secret) => nip19.nsecEncode(bytes(secret)),
  note: (id) => nip19.noteEncode(id),
  nprofile: (pointer) => nip19.nprofileEncode(pointer),
  nevent: (pointer) => nip19.neventEncode(pointer),
  naddr: (pointer) => nip19.naddrEncode(pointer),
  encrypt: (secret, key, nonce, text) => nip44.v2.encrypt(text, conversation(secret, key), bytes(nonce)),
  decrypt: (secret, key, payload) => nip44.v2.decrypt(payload, conversation(secret, key)),
  wrap: (secret, reader, rumour) => nip59.wrapEvent(rumour, bytes(secret), reader),
  unwrap: (secret, wrap) => nip59.unwrapEvent(wrap, bytes(secret)),
  registers: (filter, keys) => {
    const offset = nip45.computeOffset(nip45.getFilterFirstTagValue(filter));
    let registers = nip45.newHll();
    for (const key of keys) registers = nip45.feedPubkey(registers, key, offset);
    return nip45.hllEncode(registers);
  },
  records: (list) => {
    records = list;
    return records.length;
  },
  open: (library, bytesMax) => {
    if (library === "tools") {
      const engine = new Tools(filled(new NegentropyStorageVector()), bytesMax || 60000);
      client = (message) => {
        const have = [];
        const need = [];
        const next = engine.reconcile(message, (id) => have.push(id), (id) => need.push(id));
        return { next: next ?? "", have, need };
      };
      return engine.initiate();
    }
    const engine = new Kit(filled(new NegentropyStorage()), bytesMax);
    client = async (message) => {
      const { nextMessage, have, need } = await engine.reconcile(bytes(message));
      return { next: nextMessage ? hex(nextMessage) : "", have: have.map(hex), need: need.map(hex) };
    };
    return engine.initiate().then(hex);
  },
  client: (message) => client(message),
  relay: async (message, bytesMax) => {
    const engine = new Kit(filled(new NegentropyStorage()), bytesMax);
    return hex((await engine.reconcile(bytes(message))).nextMessage);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const space = line.indexOf(" ");
  let answer;
  try {
    answer = { value: await commands[line.slice(0, space)](...JSON.parse(line.slice(space + 1))) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
