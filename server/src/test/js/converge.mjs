// Two providers converge, one goes offline and returns; a scope subscriber sees the merges.
import { check, done, follow, open, until, Y } from './common.mjs';

const base = process.argv[2];
const scope = follow(base, 'org:1');
await until(() => scope.heard.some((frame) => frame.type === 'live'), 'live');
const one = open(base, 'org:1/notes/may');
const two = open(base, 'org:1/notes/may');
await until(() => one.provider.synced && two.provider.synced, 'both synced');
one.text.insert(0, 'Hello ');
await until(() => two.text.toString() === 'Hello ', 'the first words');
two.provider.disconnect();
two.text.insert(6, 'from afar');
one.text.insert(0, '> ');
one.text.delete(2, 1);
one.text.insert(2, 'J');
two.provider.connect();
await until(() => one.text.toString() === two.text.toString() && one.text.length === 17, 'the return');
check(one.text.toString() === '> Jello from afar', one.text.toString());

const merges = () => scope.heard.flatMap((frame) => frame.events ?? []).filter((e) => e.action === 'merge');
const follower = () => {
  const doc = new Y.Doc();
  merges().forEach((event) => Y.applyUpdate(doc, Buffer.from(event.body, 'base64')));
  return doc.getText('body').toString();
};
await until(() => follower() === one.text.toString(), 'the subscriber');
check(merges().every((e) => e.model === 'document' && e.model_id === 'notes/may'), 'names');

// Everything that the server holds is known: opening once more writes nothing.
const before = merges().length;
const three = open(base, 'org:1/notes/may');
await until(() => three.provider.synced && three.text.toString() === one.text.toString(), 'a third');
await new Promise((resolve) => setTimeout(resolve, 200));
check(merges().length === before, 'a reader wrote');
done(`converged in ${merges().length} changes`);
