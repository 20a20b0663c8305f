/** The pictures of a paper as pages and mails show them: a large one to lead with, a small one for lists. */
import { type Static, Type } from 'typebox'

const form = Type.Object({
  /** Of the bytes; what stands under it never changes. */
  hash: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
})

/** The column of a paper. */
export const paperPicture = Type.Object({
  /** `preview` is the card that the Hub draws of every paper; `figure` what somebody gave with it. */
  kind: Type.Enum(['figure', 'preview']),
  large: form,
  small: form,
})

export type PaperPicture = Static<typeof paperPicture>
export type PictureForm = Static<typeof form>
