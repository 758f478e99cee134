// node generate.mjs <first seed> <operations> [<steps per session>]
// Writes the record of seeded sessions as lines of JSON until so many operations were made.
import { PROFILES, Session } from './session.mjs'

const [first = '1', operations = '1000', steps = '120'] = process.argv.slice(2)
const chunks = []
const flush = () => new Promise(resolve => {
  const block = chunks.join('')
  chunks.length = 0
  process.stdout.write(block, () => resolve())
})

let done = 0
for (let seed = Number(first); done < Number(operations); seed++) {
  const session = new Session(seed, PROFILES[seed % PROFILES.length], Number(steps), line => chunks.push(JSON.stringify(line) + '\n'))
  session.run()
  done += session.operations
  await flush()
}
chunks.push(JSON.stringify({ t: 'end', operations: done }) + '\n')
await flush()
