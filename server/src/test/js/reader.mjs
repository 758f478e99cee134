// A reader sees everything, writes nothing, and hears so in both framings.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { check, done, open, until, Y, WebSocket } from './common.mjs';

const [base, writer, reader] = process.argv.slice(2);
const warnings = [];
console.warn = (text) => warnings.push(text);
const one = open(base, 'org:4/plan', { token: writer });
await until(() => one.provider.synced, 'the writer');
one.text.insert(0, 'secret');
one.text.delete(0, 2);
const two = open(base, 'org:4/plan', { token: reader });
await until(() => two.text.toString() === 'cret', 'the reader reads');
check(warnings.length === 0, `reading was refused: ${warnings}`);
two.text.insert(0, 'no');
await until(() => warnings.some((text) => text.includes('read_only')), 'permissionDenied');

const socket = new HocuspocusProviderWebsocket({ url: `${base}/hocuspocus`, WebSocketPolyfill: WebSocket });
const document = new Y.Doc();
const scopes = [];
const told = [];
const third = new HocuspocusProvider({
  websocketProvider: socket, name: 'org:4/plan', document, token: reader,
  onAuthenticated: ({ scope }) => scopes.push(scope),
  onStateless: ({ payload }) => told.push(JSON.parse(payload)),
});
third.attach();
await until(() => third.isSynced && !third.hasUnsyncedChanges, 'the Hocuspocus reader');
check(scopes[0] === 'readonly' || third.authorizedScope === 'readonly', `scope ${scopes}`);
document.getText('body').insert(0, 'neither');
await until(() => told.some((word) => word.code === 'read_only'), 'told why');
check(third.hasUnsyncedChanges, 'a refused update counts as unsynced');
const stranger = open(base, 'org:4/plan', { token: 'anb_nobody_secret' });
await until(() => warnings.some((text) => text.includes('unauthenticated')), 'a stranger');
check(one.text.toString() === 'cret', one.text.toString());
done('refused, and told');
