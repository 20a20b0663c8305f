/** Names and words in the form in which two that mean the same are the same text. */
import { oneLine } from './one-line.js'

/**
 * Case, accents and punctuation make no difference: `José Á. García-López` is `jose a garcia lopez`. Papers tell no
 * more of their authors than names, so two of one name are one.
 */
export function foldedKey(text: string): string {
  return oneLine(
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}+#]+/gu, ' '),
  ).trim()
}
