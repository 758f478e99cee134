// CodeMirror on the text root `body`.
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'

export function codeMirror (parent, ydoc, provider, user) {
  const body = ydoc.getText('body')
  provider.awareness.setLocalStateField('user', { ...user, colorLight: user.color + '33' })
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: body.toString(),
      extensions: [lineNumbers(), EditorView.lineWrapping, yCollab(body, provider.awareness)],
    }),
  })
  return {
    focus: () => {
      view.focus()
      view.dispatch({ selection: { anchor: view.state.doc.length } })
    },
  }
}
