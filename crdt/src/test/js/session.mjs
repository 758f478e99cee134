import * as Y from 'yjs'
import * as encoding from 'lib0/encoding'
import { Random, key, text, value } from './random.mjs'

export const PROFILES = ['text', 'rich', 'array', 'map', 'xml', 'nested', 'undo', 'mixed']

const base64 = bytes => Buffer.from(bytes).toString('base64')

const anyBytes = given => {
  const encoder = encoding.createEncoder()
  encoding.writeAny(encoder, given)
  return base64(encoding.toUint8Array(encoder))
}

const KINDS = {
  ARRAY: () => new Y.Array(),
  MAP: () => new Y.Map(),
  TEXT: () => new Y.Text(),
  XML_ELEMENT: () => new Y.XmlElement('P'),
  XML_FRAGMENT: () => new Y.XmlFragment(),
  XML_TEXT: () => new Y.XmlText(),
  XML_HOOK: () => new Y.XmlHook('hook')
}

// The values that a mark may have; objects are made anew each time, as an editor would.
const mark = random => random.pick([
  () => null, () => null, () => true, () => true, () => 'red', () => 7, () => ({ href: 'a' }), () => ({ 2: 'x', b: { c: 1 } })
])()

const marks = random => {
  const out = {}
  for (let i = 1 + random.below(2); i > 0; i--) out[random.pick(['bold', 'italic', 'link', '3', '1'])] = mark(random)
  return out
}

/** One seeded session of several replicas; `write` gets every line of its record. */
export class Session {
  constructor(seed, profile, steps, write) {
    this.random = new Random(seed)
    this.profile = profile
    this.steps = steps
    this.write = write
    this.updates = []
    this.replicas = []
    this.operations = 0
    this.positions = []
    this.gc = !this.random.chance(0.15)
    const wide = this.random.chance(0.3)
    const ids = new Set()
    while (ids.size < 2 + this.random.below(4)) {
      ids.add(wide ? this.random.below(2 ** 21) * 2 ** 32 + this.random.below(2 ** 32) : this.random.below(2 ** 32))
    }
    write({ t: 'session', seed, profile, gc: this.gc, clients: [...ids] })
    for (const id of ids) this.replicas.push(this.replica(id))
  }

  replica(id) {
    const doc = new Y.Doc({ gc: this.gc })
    doc.clientID = id
    const roots = { t: doc.getText('t'), a: doc.getArray('a'), m: doc.getMap('m'), x: doc.getXmlFragment('x') }
    const replica = { doc, roots, out: [], inbox: [], number: this.replicas.length }
    const pairs = { v1: [], v2: [] }
    doc.on('update', update => pairs.v1.push(update))
    doc.on('updateV2', update => pairs.v2.push(update))
    replica.drain = () => {
      const emitted = pairs.v1.map((v1, i) => [v1, pairs.v2[i]])
      pairs.v1 = []
      pairs.v2 = []
      return emitted
    }
    if (this.profile === 'undo' || this.profile === 'mixed') {
      replica.undo = new Y.UndoManager([roots.t, roots.a, roots.m, roots.x], { captureTimeout: 1e12 })
    }
    return replica
  }

  run() {
    for (let step = 0; step < this.steps; step++) {
      const replica = this.random.pick(this.replicas)
      const choice = this.random.next()
      if (choice < 0.62) this.edit(replica)
      else if (choice < 0.97) this.deliver(replica)
      else this.tools()
      if (step % 40 === 39) this.state(this.random.pick(this.replicas))
    }
    for (const replica of this.replicas) while (replica.inbox.length > 0) this.deliver(replica)
    // Clean-up of marks makes updates of its own: go on until nobody has anything to say.
    for (let round = 0; round < 20 && this.replicas.some(one => one.inbox.length > 0); round++) {
      for (const replica of this.replicas) while (replica.inbox.length > 0) this.deliver(replica)
    }
    this.replicas.forEach(replica => this.state(replica))
    this.tools()
  }

  record(replica, line, isRemote) {
    const emitted = replica.drain()
    line.r = replica.number
    line.out = emitted.map(([v1, v2]) => [base64(v1), base64(v2)])
    this.write(line)
    emitted.forEach((pair, i) => {
      const number = this.updates.push(pair) - 1
      // What is only passed on need not go round again; what was cleaned up here must.
      if (isRemote && i === 0) return
      this.replicas.filter(one => one !== replica).forEach(one => one.inbox.push(number))
    })
  }

  edit(replica) {
    const { random } = this
    if (replica.undo && random.chance(0.25)) {
      const action = random.pick(['undo', 'undo', 'redo', 'stop'])
      if (action === 'undo') replica.undo.undo()
      else if (action === 'redo') replica.undo.redo()
      else replica.undo.stopCapturing()
      this.operations++
      this.record(replica, { t: action })
      return
    }
    const operations = []
    const count = random.chance(0.2) ? 2 + random.below(6) : 1
    replica.doc.transact(() => {
      for (let i = 0; i < count; i++) {
        const operation = this.operation(replica)
        if (operation) operations.push(operation)
      }
    })
    this.operations += operations.length
    this.record(replica, { t: 'edit', ops: operations })
  }

  target(replica) {
    const { random, profile } = this
    const root = {
      text: 't', rich: 't', array: 'a', map: 'm', xml: 'x', nested: random.pick(['a', 'm']), undo: random.pick(['t', 'a', 'm', 'x']), mixed: random.pick(['t', 'a', 'm', 'x'])
    }[profile]
    let type = replica.roots[root]
    const descends = profile !== 'text' && profile !== 'rich'
    while (descends && random.chance(0.6)) {
      const children = this.children(type)
      if (children.length === 0) break
      type = random.pick(children)
    }
    return type
  }

  children(type) {
    const children = []
    for (let item = type._start; item !== null; item = item.right) {
      if (!item.deleted && item.content instanceof Y.ContentType) children.push(item.content.type)
    }
    type._map.forEach(item => {
      if (!item.deleted && item.content instanceof Y.ContentType) children.push(item.content.type)
    })
    return children
  }

  operation(replica) {
    const type = this.target(replica)
    const at = type._item === null ? Y.findRootTypeKey(type) : [type._item.id.client, type._item.id.clock]
    const operation = this.operationOn(type)
    return operation && { at, ...operation }
  }

  operationOn(type) {
    if (type instanceof Y.XmlText || type instanceof Y.Text) return this.onText(type)
    if (type instanceof Y.XmlElement || type instanceof Y.XmlFragment) return this.onXml(type)
    return type instanceof Y.Array ? this.onArray(type) : this.onMap(type)
  }

  range(length) {
    const from = this.random.below(length)
    return [from, 1 + this.random.below(Math.min(length - from, this.random.chance(0.1) ? length : 6))]
  }

  onText(type) {
    const { random } = this
    const rich = this.profile !== 'text'
    const choice = random.below(rich ? 12 : 5)
    const index = random.chance(0.3) ? type.length : random.below(type.length + 1)
    if (choice < 3 || (type.length === 0 && choice < 7)) {
      const string = text(random, random.chance(0.7))
      type.insert(index, string)
      return { k: 'insert', i: index, s: string }
    }
    if (choice < 5) {
      const [from, length] = this.range(type.length)
      type.delete(from, length)
      return { k: 'delete', i: from, n: length }
    }
    if (choice < 8) {
      if (type.length === 0) return null
      const [from, length] = this.range(type.length)
      const given = marks(random)
      type.format(from, length, given)
      return { k: 'format', i: from, n: length, m: anyBytes(given) }
    }
    if (choice === 8) {
      const given = marks(random)
      const string = text(random, true)
      const line = { k: 'insertMarked', i: index, s: string, m: anyBytes(given) }
      type.insert(index, string, given)
      return line
    }
    if (choice === 9) {
      const embed = { image: text(random, true) }
      const given = random.chance(0.5) ? marks(random) : {}
      const line = { k: 'embed', i: index, v: anyBytes(embed), m: anyBytes(given) }
      type.insertEmbed(index, embed, given)
      return line
    }
    if (choice === 10 && type.length > 3) {
      const given = marks(random)
      const line = { k: 'delta', i: random.below(3), n: 1 + random.below(3), s: text(random, true), m: anyBytes(given) }
      type.applyDelta([{ retain: line.i }, { insert: line.s }, { retain: line.n, attributes: given }, { delete: 1 }])
      return line
    }
    const name = key(random)
    const given = value(random)
    type.setAttribute(name, given)
    return { k: 'attribute', key: name, v: anyBytes(given) }
  }

  onArray(type) {
    const { random } = this
    const choice = random.below(10)
    const index = random.chance(0.3) ? type.length : random.below(type.length + 1)
    if (choice < 4) {
      const values = Array.from({ length: 1 + random.below(3) }, () => random.chance(0.1) ? new Uint8Array([1, 2, random.below(256)]) : value(random))
      type.insert(index, values)
      return { k: 'insertValues', i: index, v: values.map(anyBytes) }
    }
    if (choice < 5) {
      const values = [value(random)]
      type.push(values)
      return { k: 'append', v: values.map(anyBytes) }
    }
    if (choice < 7) {
      if (type.length === 0) return null
      const [from, length] = this.range(type.length)
      type.delete(from, length)
      return { k: 'remove', i: from, n: length }
    }
    if (choice < 9 && this.profile !== 'array') {
      const kind = random.pick(Object.keys(KINDS))
      type.insert(index, [KINDS[kind]()])
      return { k: 'insertType', i: index, kind }
    }
    if (choice === 9) {
      const meta = value(random, 0)
      type.insert(index, [new Y.Doc({ guid: 'g' + random.below(9), autoLoad: random.chance(0.5), meta })])
      const { doc } = type.get(index)._item.content
      return { k: 'insertDocument', i: index, s: doc.guid, auto: doc.autoLoad, v: anyBytes(meta) }
    }
    return null
  }

  onMap(type) {
    const { random } = this
    const name = key(random)
    const choice = random.below(10)
    if (choice < 6) {
      const given = random.chance(0.1) ? new Uint8Array([9, random.below(256)]) : value(random)
      type.set(name, given)
      return { k: 'put', key: name, v: anyBytes(given) }
    }
    if (choice < 8) {
      type.delete(name)
      return { k: 'removeKey', key: name }
    }
    if (this.profile === 'map') return null
    if (random.chance(0.3)) {
      const meta = value(random, 0)
      type.set(name, new Y.Doc({ guid: 'g' + random.below(9), autoLoad: random.chance(0.5), meta }))
      const doc = type.get(name)
      return { k: 'putDocument', key: name, s: doc.guid, auto: doc.autoLoad, v: anyBytes(meta) }
    }
    const kind = random.pick(Object.keys(KINDS))
    type.set(name, KINDS[kind]())
    return { k: 'putType', key: name, kind }
  }

  onXml(type) {
    const { random } = this
    const choice = random.below(10)
    if (choice < 5) {
      const kind = random.pick(['XML_ELEMENT', 'XML_TEXT', 'XML_TEXT'])
      const index = random.below(type.length + 1)
      type.insert(index, [KINDS[kind]()])
      return { k: 'insertType', i: index, kind }
    }
    if (choice < 7) {
      if (type.length === 0) return null
      const [from, length] = this.range(type.length)
      type.delete(from, length)
      return { k: 'remove', i: from, n: length }
    }
    if (!(type instanceof Y.XmlElement)) return null
    const name = key(random)
    if (choice === 9) {
      type.removeAttribute(name)
      return { k: 'removeKey', key: name }
    }
    const given = text(random, true)
    type.setAttribute(name, given)
    return { k: 'put', key: name, v: anyBytes(given) }
  }

  deliver(replica) {
    const { random } = this
    if (replica.inbox.length === 0) return
    const inOrder = random.chance(0.6)
    const place = inOrder ? 0 : random.below(replica.inbox.length)
    const numbers = random.chance(0.15) ? replica.inbox.splice(place, 1 + random.below(5)) : replica.inbox.splice(place, 1)
    if (random.chance(0.05)) replica.inbox.push(numbers[0])
    const v = random.chance(0.5) ? 1 : 2
    const parts = numbers.map(number => this.updates[number][v - 1])
    const update = v === 1 ? Y.mergeUpdates(parts) : Y.mergeUpdatesV2(parts)
    v === 1 ? Y.applyUpdate(replica.doc, update, 'remote') : Y.applyUpdateV2(replica.doc, update, 'remote')
    this.record(replica, { t: 'apply', v, u: numbers }, true)
  }

  state(replica) {
    const { doc, roots } = replica
    const { random } = this
    const snapshot = Y.snapshot(doc)
    const positions = []
    for (const type of [roots.t, roots.a, this.inner(roots.a), this.inner(roots.m), this.inner(roots.x)]) {
      if (type === null || type instanceof Y.Map) continue
      const at = type._item === null ? Y.findRootTypeKey(type) : [type._item.id.client, type._item.id.clock]
      const index = random.below(type.length + 1)
      const assoc = random.pick([0, -1])
      const bytes = Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(type, index, assoc))
      positions.push([at, index, assoc, base64(bytes)])
      this.positions.push(bytes)
    }
    const found = Array.from({ length: Math.min(4, this.positions.length) }, () => {
      const bytes = random.pick(this.positions)
      const place = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), doc)
      return [base64(bytes), place === null ? -1 : place.index]
    })
    this.write({
      t: 'state',
      r: replica.number,
      v1: base64(Y.encodeStateAsUpdate(doc)),
      v2: base64(Y.encodeStateAsUpdateV2(doc)),
      vector: base64(Y.encodeStateVector(doc)),
      snapshot1: base64(Y.encodeSnapshot(snapshot)),
      snapshot2: base64(Y.encodeSnapshotV2(snapshot)),
      text: roots.t.toString(),
      xml: roots.x.toString(),
      positions,
      found
    })
  }

  inner(type) {
    const children = this.children(type)
    return children.length === 0 ? null : this.random.pick(children)
  }

  // Work on updates without a document.
  tools() {
    const { random } = this
    if (this.updates.length < 2) return
    const numbers = Array.from({ length: 2 + random.below(12) }, () => random.below(this.updates.length))
    const v1 = Y.mergeUpdates(numbers.map(number => this.updates[number][0]))
    const v2 = Y.mergeUpdatesV2(numbers.map(number => this.updates[number][1]))
    const known = Y.encodeStateVector(random.pick(this.replicas).doc)
    this.write({
      t: 'tools',
      u: numbers,
      merged1: base64(v1),
      merged2: base64(v2),
      known: base64(known),
      diff1: base64(Y.diffUpdate(v1, known)),
      diff2: base64(Y.diffUpdateV2(v2, known)),
      vector: base64(Y.encodeStateVectorFromUpdate(v1)),
      to2: base64(Y.convertUpdateFormatV1ToV2(v1)),
      to1: base64(Y.convertUpdateFormatV2ToV1(v2))
    })
  }
}
