/** The words of an HTML report, line by line; what it looks like does not matter. */

const htmlRead = 100_000

const entities: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
  '#160': ' ',
}

/** Time grows with the length alone, whatever the markup is. */
export function htmlLines(html: string): string {
  return withoutBlocks(html.slice(0, htmlRead))
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(/<(?:br|\/?p|\/?div|\/?tr|\/?li|\/?h\d|\/?table|\/?blockquote|hr)\b[^<>]*>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(#?\w{1,6});/g, (entity, name: string) => entities[name.toLowerCase()] ?? entity)
    .replaceAll(/[ \u00A0]+/g, ' ')
}

/** Styles, scripts and heads go; one that is never closed takes the rest with it. */
function withoutBlocks(html: string): string {
  let rest = html
  for (const name of ['style', 'script', 'head']) {
    const pieces = rest.split(new RegExp(`<${name}\\b`, 'i'))
    const ends = new RegExp(`</${name}\\s*>`, 'i')
    rest = pieces
      .map((piece, i) => {
        const end = i === 0 ? null : ends.exec(piece)
        return i === 0 ? piece : end ? piece.slice(end.index + end[0].length) : ''
      })
      .join('')
  }
  return rest
}
