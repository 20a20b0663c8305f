/** Reads reports of mail programs that know no delivery status: addresses, and what is said of each. */
import { addressesIn, addressIn, addressPattern, isOfStaff } from '../opening/addresses.js'
import { oneLine } from '../../format/text/one-line.js'

export type Mention = { address: string; words: string }

const mentionsRead = 100
const linesOfWords = 14

/** `<reader@example.org>: …`, `* reader@example.org`, `reader@example.org ... unknown`, one for each line. */
const atHead = new RegExp(
  String.raw`^[\s>|]*(?:<<<\s*)?(?:[245]\d\d[ -](?:[245]\.\d+\.\d+ )?)?(?:[*•·-]\s*)?(?:"[^"]{0,60}"\s*)?[\[("'<]*<?(${addressPattern})[\])"'>]*\s*(?:$|[:;,(\[]|\.\.|-\s|--|on\s|\s{2,}|=20|was\b|is\b|has\b|\w)`,
  'u',
)
/** `Recipient: <reader@example.org>`, `Unknown user: …`, `RCPT TO:<…>`, `deliver … to …`. */
const labelled = new RegExp(
  String.raw`(?:recipients?|address(?:es)?|user|mailbox|rcpt to|undeliverable|message|mail|deliver\w*|delivery|reach|smtp|addressed|errors?|failed|attempts|rejected|quota|to|für|à|unable)\b[^@<]{0,60}?[:=\s\["'<]+(${addressPattern})`,
  'iu',
)
const ofTheSender =
  /mail from|^\s*(?:to|cc|bcc|sent|date|subject):|\bfrom:|sender|return-path|reply-to|contact|questions|postmaster|report (?:this )?to|message-id|x-/i

/**
 * Who is reported, and the words said of them, as the report has them: first by its lines, then by labels.
 * @param domain - the reporter's own
 */
export function mentionsIn(lines: string[], notThem: Set<string>, domain: string): Mention[] {
  const heads = mentionsBy(lines, (line) => atHead.exec(line)?.[1], notThem)
  if (heads.length > 0) return heads
  const labels = mentionsBy(
    lines,
    (line) => (ofTheSender.test(line) && !/rcpt to/i.test(line) ? undefined : labelled.exec(line)?.[1]),
    notThem,
  )
  if (labels.length > 0) return labels
  const words = lines.join(' ')
  const found = addressesIn(lines.filter((line) => !ofTheSender.test(line)).join('\n'))
    .filter((address) => isRecipient(address, notThem))
    .slice(0, mentionsRead)
    .map((address) => ({ address, words }))
  return found.length > 0 ? found : localNames(lines, domain)
}

/** Names without a domain, on lines of their own below the sentence that announces them: they are the reporter's. */
function localNames(lines: string[], domain: string): Mention[] {
  const above = lines.findIndex((line) => /following (?:recipient|address)/i.test(line))
  if (above < 0 || !domain) return []
  const words = lines.join(' ')
  return lines
    .slice(above + 1, above + mentionsRead)
    .map((line) => /^\s+([\w.+-]{2,64})$/.exec(line)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => ({ address: `${name}@${domain}`, words }))
}

const isRecipient = (address: string, notThem: Set<string>) =>
  !isOfStaff(address) && !notThem.has(address.toLowerCase())

function mentionsBy(
  lines: string[],
  find: (line: string) => string | undefined,
  notThem: Set<string>,
): Mention[] {
  const found: { address: string; at: number }[] = []
  for (const [at, line] of lines.entries()) {
    const address = find(line)
    if (address !== undefined && isRecipient(address, notThem)) found.push({ address, at })
    if (found.length === mentionsRead) break
  }
  const mentions = new Map<string, Mention>()
  for (const [i, { address, at }] of found.entries()) {
    const words = wordsFrom(lines, at, found[i + 1]?.at ?? lines.length)
    const ours = addressIn(expanded.exec(words)?.[1] ?? '')
    for (const one of [address, ours].filter((each) => each !== null)) {
      const known = mentions.get(one.toLowerCase())
      if (known) known.words += ` ${words}`
      else mentions.set(one.toLowerCase(), { address: one, words })
    }
  }
  return [...mentions.values()]
}

/** `(expanded from <reader@example.org>)`: whom we mailed, where an alias led further. Both were not reached. */
const expanded = /\((?:expanded|ultimately generated|generated) from:? ([^)]{1,330})\)/i
/** A line of a conversation with a server, which stands for itself. */
const transcript = /^\s*(?:<<<\s*)?[245]\d\d[ -]/

/** With the command that was answered. */
function transcribed(lines: string[], at: number): string {
  const command = lines.slice(Math.max(0, at - 3), at).findLast((line) => /^\s*>>>/.test(line)) ?? ''
  return `${command} ${lines[at] ?? ''}`.trim()
}

/** From the line with the address to the next one, or to a gap once something was said. */
function wordsFrom(lines: string[], start: number, end: number): string {
  if (transcript.test(lines[start] ?? '')) return transcribed(lines, start)
  const block = lines.slice(start, Math.min(end, start + linesOfWords))
  const gap = block.findIndex((line, i) => i > 1 && line.trim() === '')
  return oneLine((gap < 0 ? block : block.slice(0, gap)).join(' '))
}
