// One editor on one document; the query says which:
// ?server=http://127.0.0.1:8080&scope=org:demo&document=minutes&editor=tiptap&provider=websocket&user=Ada
import * as Y from 'yjs'
import { connect } from './connect.js'
import { codeMirror } from './codemirror.js'
import { tipTap } from './tiptap.js'

const query = new URLSearchParams(location.search)
const wanted = (name, otherwise) => query.get(name) ?? otherwise
const settings = {
  server: wanted('server', 'http://127.0.0.1:8080'),
  scope: wanted('scope', 'org:demo'),
  document: wanted('document', 'minutes'),
  provider: wanted('provider', 'websocket'),
  token: wanted('token', ''),
}
const user = { name: wanted('user', 'Somebody'), color: wanted('color', '#30619c') }

const ydoc = new Y.Doc()
const connection = connect(settings, ydoc)
const editors = { tiptap: tipTap, codemirror: codeMirror }
const editor = editors[wanted('editor', 'tiptap')](
  document.querySelector('#editor'), ydoc, connection.provider, user)

document.querySelector('#document').textContent =
  `${settings.scope}/${settings.document} – ${user.name}`
const status = document.querySelector('#status')
const show = () => {
  status.textContent = connection.isConnected() ? 'connected' : 'offline'
  status.classList.toggle('connected', connection.isConnected())
}
connection.provider.on('status', show)
show()

// For the console, and for the test that drives this page.
window.anabranch = {
  connection,
  editor,
  ydoc,
  text: () => ydoc.getText('body').toString(),
  prose: () => ydoc.getXmlFragment('default').toString(),
  state: () => Array.from(Y.encodeSnapshot(Y.snapshot(ydoc))).join(','),
}
