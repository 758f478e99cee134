// node versions.mjs > ../resources/dev/anabranch/crdt/versions.ndjson
// What other versions of Yjs write, and what 13.6 makes of it. Needs, beside package.json's:
//   npm install --no-save yjs-13.2@npm:yjs@13.2.0 yjs-14@npm:@y/y@14.0.0-rc.7
import * as Y from 'yjs'
import * as Old from 'yjs-13.2'
import * as New from 'yjs-14'
import { Random, key, text, value } from './random.mjs'

const base64 = bytes => Buffer.from(bytes).toString('base64')

const check = (what, holds) => {
  if (!holds) throw new Error(what)
}

// Both versions know the methods used here by the same names, but for roots and map keys.
const old = {
  Doc: Old.Doc,
  apply: Old.applyUpdate,
  encode: Old.encodeStateAsUpdate,
  roots: doc => ({ t: doc.getText('t'), a: doc.getArray('a'), m: doc.getMap('m') }),
  put: (map, name, given) => map.set(name, given),
  client: random => random.below(2 ** 32)
}

const recent = {
  Doc: New.Doc,
  apply: New.applyUpdate,
  encode: New.encodeStateAsUpdate,
  roots: doc => ({ t: doc.get('t'), a: doc.get('a'), m: doc.get('m') }),
  put: (map, name, given) => map.setAttr(name, given),
  client: random => random.below(2 ** 21) * 2 ** 32 + random.below(2 ** 32)
}

const edit = (version, { t, a, m }, random) => {
  switch (random.below(6)) {
    case 0: case 1: return t.insert(random.below(t.length + 1), text(random, true))
    case 2: return t.length > 2 && t.delete(random.below(t.length - 1), 1)
    case 3: return t.length > 2 && t.format(random.below(t.length - 1), 1, { bold: random.pick([true, null]) })
    case 4: return a.insert(random.below(a.length + 1), [value(random) ?? 0]) // 13.2 takes no null there
    default: return version.put(m, key(random), value(random) ?? 0)
  }
}

const write = (version, seed) => {
  const random = new Random(seed)
  const docs = Array.from({ length: 3 }, () => {
    const doc = new version.Doc()
    doc.clientID = version.client(random)
    return doc
  })
  for (let step = 0; step < 80; step++) {
    const doc = random.pick(docs)
    if (random.chance(0.2)) version.apply(doc, version.encode(random.pick(docs)))
    else edit(version, version.roots(doc), random)
  }
  docs.forEach(doc => version.apply(docs[0], version.encode(doc)))
  return docs[0]
}

const record = (by, update) => {
  const doc = new Y.Doc()
  doc.getText('t')
  doc.getArray('a')
  doc.getMap('m')
  Y.applyUpdate(doc, update)
  const v1 = Y.encodeStateAsUpdate(doc)
  const back = new New.Doc()
  New.applyUpdate(back, v1)
  check(`14 changes ${by}`, base64(New.encodeStateAsUpdate(back)) === base64(v1))
  console.log(JSON.stringify({
    by,
    update: base64(update),
    v1: base64(v1),
    v2: base64(Y.encodeStateAsUpdateV2(doc)),
    vector: base64(Y.encodeStateVector(doc)),
    snapshot1: base64(Y.encodeSnapshot(Y.snapshot(doc))),
    text: doc.getText('t').toString()
  }))
}

for (let seed = 1; seed <= 6; seed++) {
  record('yjs 13.2.0', old.encode(write(old, seed)))
  record('yjs 14', recent.encode(write(recent, seed)))
}
