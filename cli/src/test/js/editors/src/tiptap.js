// TipTap (ProseMirror) on the XML root `default`.
import { Editor } from '@tiptap/core'
import Collaboration from '@tiptap/extension-collaboration'
import CollaborationCaret from '@tiptap/extension-collaboration-caret'
import StarterKit from '@tiptap/starter-kit'

export function tipTap (element, ydoc, provider, user) {
  const editor = new Editor({
    element,
    extensions: [
      StarterKit.configure({ undoRedo: false }), // the shared document keeps its own history
      Collaboration.configure({ document: ydoc, field: 'default' }),
      CollaborationCaret.configure({ provider, user }),
    ],
  })
  return { focus: () => editor.commands.focus('end') }
}
