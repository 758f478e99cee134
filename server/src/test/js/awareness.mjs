// Cursors are seen by other editors and by scope subscribers, and go when the socket goes.
import { check, done, follow, open, until } from './common.mjs';

const base = process.argv[2];
const scope = follow(base, 'org:2');
await until(() => scope.heard.some((frame) => frame.type === 'live'), 'live');
const one = open(base, 'org:2/board');
one.provider.awareness.setLocalState({ user: { name: 'One' }, cursor: 3 });
const two = open(base, 'org:2/board');
await until(() => two.provider.awareness.getStates().get(one.doc.clientID)?.cursor === 3, 'seen');
one.provider.awareness.setLocalStateField('cursor', 5);
await until(() => two.provider.awareness.getStates().get(one.doc.clientID)?.cursor === 5, 'moved');
const words = () => scope.heard.filter((f) => f.type === 'presence' && f.topic === 'board');
await until(() => words().some((f) => f.data?.state?.cursor === 5), 'seen in the scope');
check(words()[0].data.client === one.doc.clientID || words()[0].data.client === two.doc.clientID, 'client');
one.provider.ws.terminate();
one.provider.shouldConnect = false;
await until(() => !two.provider.awareness.getStates().has(one.doc.clientID), 'gone');
await until(() => words().some((f) => f.data === null), 'gone in the scope');
done('seen and gone');
