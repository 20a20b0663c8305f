/** Titles cut at a word, kept: to cut one takes longer than to put a whole mail together. */
import { oneLine } from '../../../format/text/one-line.js'
import { cutAtWord } from '../../../format/truncate.js'

const mostKept = 20_000

/** One line of at most so many characters. */
export function openCutter(width: number): (title: string) => string {
  const kept = new Map<string, string>()
  return (title) => {
    const known = kept.get(title)
    if (known !== undefined) return known
    const cut = cutAtWord(oneLine(title), width)
    if (kept.size >= mostKept) kept.clear()
    kept.set(title, cut)
    return cut
  }
}
