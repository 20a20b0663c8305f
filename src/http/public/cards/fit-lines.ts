/** Breaks a text into lines that fit a width, by what letters of a bold serif take: nothing here can measure them. */

/** In parts of the type's size, a little more than they are. */
const widths: [RegExp, number][] = [
  [/^[\p{M}\u200D]$/u, 0],
  [/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]$/u, 1.05],
  [/^[iljIft.,:;'’|!()[\] ]$/u, 0.34],
  [/^[mwMW@%—…]$/u, 0.96],
  [/^[\p{Lu}&]$/u, 0.73],
]
const usual = 0.565

const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, one) => sum + (widths.find(([kind]) => kind.test(one))?.[1] ?? usual), 0)

/** At most so many lines; what does not fit ends in an ellipsis. A word longer than a line is broken. */
export function fitLines(
  text: string,
  size: number,
  width: number,
  most: number,
): { lines: string[]; whole: boolean } {
  const room = width / size
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => broken(one, room))) {
    const longer = line ? `${line} ${word}` : word
    if (widthOf(longer) <= room) {
      line = longer
      continue
    }
    if (lines.length === most - 1) return { lines: [...lines, shortened(line, room)], whole: false }
    if (line) lines.push(line)
    line = word
  }
  return { lines: line ? [...lines, line] : lines, whole: true }
}

/** After a whole word, where it has several. */
function shortened(line: string, room: number): string {
  const fits = (text: string) => widthOf(`${text}…`) <= room
  let kept = line
  while (!fits(kept) && kept.includes(' ')) kept = kept.slice(0, kept.lastIndexOf(' '))
  while (!fits(kept) && kept !== '') kept = Array.from(kept).slice(0, -1).join('')
  return `${kept.replace(/[\s,;:.–—-]+$/u, '')}…`
}

function broken(word: string, room: number): string[] {
  const parts: string[] = []
  let part = ''
  for (const one of word) {
    if (part && widthOf(part + one) > room) {
      parts.push(part)
      part = ''
    }
    part += one
  }
  return part ? [...parts, part] : parts
}
