/** Papers of a listing day that look like no other: long abstracts with formulas in them. */
import { createHash } from 'node:crypto'
import { hubEntry } from './entries.js'

/** @param list - one of 1 to 9; each list has papers of its own. */
export const distinctPapers = (list: number, count: number) =>
  Array.from({ length: count }, (_, n) =>
    hubEntry(`260${list}.1${String(n).padStart(4, '0')}`, {
      title: `${wordsOf(`title ${list} ${n}`, 8)} over $x_{${n}}$`,
      abstract: `${wordsOf(`abstract ${list} ${n}`, 200)}, with $O(n \\log n)$ work.`,
      votes: 100 - n,
    }),
  )

/** No two papers may look like one. */
function wordsOf(seed: string, count: number): string {
  const letters = Array.from({ length: Math.ceil(count / 8) }, (_, n) =>
    createHash('sha256')
      .update(`${seed} ${n}`)
      .digest('hex')
      .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? ''),
  ).join('')
  return (letters.match(/.{8}/g) ?? []).slice(0, count).join(' ')
}
