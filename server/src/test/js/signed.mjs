// A client of signed entities in plain JavaScript: RFC 8785 and BIP-340 from @noble/curves, nothing of ours.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { schnorr } from '@noble/curves/secp256k1.js'
import WebSocket from 'ws'

const url = `${process.argv[2]}/sync`
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'))

const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}
const digest = (value) => new Uint8Array(createHash('sha256').update(canonical(value)).digest())
const unsigned = ({ signature, frame_signature, ...frame }) => frame

class Client {
  constructor(secret) {
    this.secret = secret
    this.pubkey = hex(schnorr.getPublicKey(secret))
    this.counter = 0
    this.heard = []
    this.waiting = []
  }

  async open() {
    this.socket = new WebSocket(url)
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
    this.socket.on('message', (data) => {
      const text = data.toString()
      const frame = JSON.parse(text)
      assert.equal(canonical(frame), text, 'the server spells canonically')
      this.heard.push(frame)
      this.waiting.forEach((look) => look())
    })
    await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject))
    return this
  }

  hear(wanted) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing heard: ${wanted}`)), 15_000)
      const look = () => {
        const index = this.heard.findIndex(wanted)
        if (index < 0) return
        clearTimeout(late)
        this.waiting = this.waiting.filter((other) => other !== look)
        resolve(this.heard.splice(index, 1)[0])
      }
      this.waiting.push(look)
      look()
    })
  }

  sign(frame, secret = this.secret) {
    return { ...frame, signature: hex(schnorr.sign(digest(unsigned(frame)), secret)) }
  }

  say(frame) {
    this.socket.send(canonical(frame))
  }

  async connect() {
    const now = () => Date.now()
    // the seed's connect, as any JSON.stringify spells it
    const bare = { type: 'connect', pubkey: this.pubkey, timestamp: now() }
    this.socket.send(
      JSON.stringify({
        ...bare,
        signature: hex(schnorr.sign(digest({ pubkey: bare.pubkey, timestamp: bare.timestamp }), this.secret)),
      }),
    )
    const { challenge, relay } = await this.hear((frame) => frame.type === 'challenge')
    this.connectFrame = this.sign({ type: 'connect', pubkey: this.pubkey, timestamp: now(), challenge, relay })
    this.say(this.connectFrame)
    const ack = await this.hear((frame) => frame.type === 'connect_ack')
    const { session_id, timestamp, server_pubkey } = ack
    this.server = bytes(server_pubkey)
    this.session = session_id
    assert(schnorr.verify(bytes(ack.signature), digest({ session_id, timestamp }), this.server))
    assert(schnorr.verify(bytes(ack.frame_signature), digest(unsigned(ack)), this.server))
    return this
  }

  inSession(frame) {
    return { ...frame, session_id: this.session, counter: ++this.counter, timestamp: Date.now() }
  }

  async ask(frame) {
    this.say(this.sign(this.inSession(frame)))
    const re = this.counter
    return this.proved(await this.hear((answer) => answer.re === re))
  }

  proved(frame) {
    assert(schnorr.verify(bytes(frame.signature), digest(unsigned(frame)), this.server), 'signed by the server')
    return frame
  }

  sync(payload) {
    return this.ask({ type: 'sync', payload })
  }
}

const fresh = async (secret) => (await new Client(secret).open()).connect()
const key = (n) => bytes(n.toString(16).padStart(64, '0'))

// The flow of the seed, by two devices of one key.
const phone = await fresh(key(11))
const laptop = await fresh(key(11))
await laptop.ask({ type: 'resume', lastSyncId: 0 })
const created = await phone.sync({
  entity: 'chat', action: 'create', id: 'node', version: 0,
  data: { metadata: { title: 'Größe € 𝄞', ratio: 0.1, tiny: 1e-7 }, messages: [{ id: 'm1', content: 'hi' }] },
})
assert.equal(created.type, 'accepted')
const snapshot = laptop.proved(await laptop.hear((frame) => frame.type === 'snapshot'))
assert(snapshot.items.some((item) => item.data.metadata?.title === 'Größe € 𝄞'))
assert.equal((await phone.sync({ entity: 'chat', action: 'update', id: 'node', version: 1, data: { a: 1 } })).version, 2)
const told = laptop.proved(await laptop.hear((frame) => frame.type === 'changed'))
assert.equal(told.changes[0].data.a, 1)
const conflict = await laptop.sync({ entity: 'chat', action: 'update', id: 'node', version: 1, data: { a: 2 } })
assert.equal(conflict.type, 'conflict')
assert.equal(conflict.current.version, 2)
const merged = { ...conflict.current.data, b: 2 }
assert.equal((await laptop.sync({ entity: 'chat', action: 'update', id: 'node', version: 2, data: merged })).version, 3)

// Attacks.
const refused = async (client, frame, code, close) => {
  client.say(frame)
  const error = await client.hear((answer) => answer.type === 'error')
  assert.equal(error.code, code)
  if (close) assert.equal(await client.closed, close)
}
const mallory = await fresh(key(666))
await refused(await new Client(key(666)).open(), phone.connectFrame, 'wrong_challenge', 4401)
const ping = phone.sign(phone.inSession({ type: 'ping', nonce: 'n' }))
phone.say(ping)
await phone.hear((frame) => frame.type === 'pong')
await refused(phone, ping, 'replayed')
await refused(phone, { ...phone.sign(phone.inSession({ type: 'ping', nonce: 'n' })), nonce: 'm' }, 'bad_signature', 4403)
await refused(mallory, mallory.sign({ ...mallory.inSession({ type: 'ping', nonce: 'n' }), session_id: laptop.session }),
  'unknown_session', 4401)
await refused(laptop, laptop.sign(laptop.inSession({ type: 'ping', nonce: 'n' }), key(666)), 'bad_signature', 4403)
const raw = await fresh(key(12))
const spelled = canonical(raw.sign(raw.inSession({ type: 'ping', nonce: 'n' })))
for (const [text, code] of [
  [spelled.replace('{', '{ '), 'non_canonical'],
  [spelled.replace('"counter":1', '"counter":1,"counter":1'), 'malformed'],
  [spelled.replace('"counter":1', '"counter":1.0'), 'non_canonical'],
  [spelled.replace('"counter":1', '"counter":1e400'), 'malformed'],
]) {
  raw.socket.send(text)
  assert.equal((await raw.hear((frame) => frame.type === 'error')).code, code)
}
assert.equal((await raw.ask({ type: 'ping', nonce: 'n' })).type, 'pong')
raw.socket.close()
console.log('signed, synced, and every attack refused')
process.exit(0)
