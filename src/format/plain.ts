/** Plain text for mails: paragraphs wrapped by words, control characters out. */

const width = 72

/**
 * Wraps at 72 columns, each line indented. A word longer than that, such as a link, keeps a line of its own;
 * no-break spaces hold words together and become ordinary ones.
 */
export function wrap(text: string, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/[ \t\r\n]+/).filter(Boolean)) {
    if (line && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else {
      line = line ? `${line} ${word}` : word
    }
  }
  if (line) lines.push(indent + line)
  return lines.join('\n').replaceAll('\u00A0', ' ')
}
