/** The pictures of a paper as pages and mails show them: a large one to lead with, a small one for lists. */
import { type Static, Type } from 'typebox'
import { cutAtWord } from '../../format/truncate.js'

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

/** A picture as it stands on a page or in a mail; its size is the one on the screen. */
export type PictureShown = { path: string; width: number; height: number; alt: string }

const longestTitle = 120

/** The form in the size in which it fits into a box, never larger than it is. */
export function showPicture(
  { kind, ...forms }: PaperPicture,
  form: 'large' | 'small',
  title: string,
  box: { width: number; height: number },
): PictureShown {
  const { hash, width, height } = forms[form]
  const scale = Math.min(1, box.width / width, box.height / height)
  return {
    path: `/pictures/${hash}.jpg`,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    alt: `${names[kind]} “${cutAtWord(title, longestTitle)}”`,
  }
}

/** What it is, for who does not see it. */
const names = { figure: 'A figure of', preview: 'The Hub’s preview of' }
