// A seeded generator (mulberry32), so that a session is named by its number.
export class Random {
  constructor(seed) {
    this.state = seed >>> 0
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(bound) {
    return Math.floor(this.next() * bound)
  }

  chance(share) {
    return this.next() < share
  }

  pick(list) {
    return list[this.below(list.length)]
  }
}

const SCRIPTS = ['a', 'b', 'c', ' ', '\n', 'é', 'ß', '漢', '😀', '👩', '\ud83d', '\ude00', '\u2028', '"', '\\']

export const text = (random, plain) => {
  let out = ''
  const length = 1 + random.below(random.chance(0.1) ? 40 : 6)
  for (let i = 0; i < length; i++) {
    out += plain ? String.fromCharCode(97 + random.below(26)) : random.pick(SCRIPTS)
  }
  return out
}

export const key = random => random.pick(['k', 'name', '1', '2', '10', 'é', 'b'])

export const value = (random, depth = 2) => {
  switch (random.below(depth > 0 ? 15 : 12)) {
    case 0: return random.below(100)
    case 1: return -random.below(100000)
    case 2: return random.next() * 1e6
    case 3: return random.pick([2147483647, 2147483648, -2147483648, 9007199254740991, 1e21, 1e-7, 123456789.125, 0.1])
    case 4: return random.pick([0, -0, 0.5, -1.25, Infinity, -Infinity, NaN])
    case 5: return text(random, false)
    case 6: return text(random, true)
    case 7: return true
    case 8: return false
    case 9: return null
    case 10: return ''
    case 11: return random.below(1 << 30)
    case 12: return Array.from({ length: random.below(4) }, () => value(random, depth - 1))
    default: {
      const object = {}
      for (let i = random.below(4); i > 0; i--) object[key(random)] = value(random, depth - 1)
      return object
    }
  }
}
