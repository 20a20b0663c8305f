/** Entries of a BibTeX file, as far as their fields matter here; what is broken is passed over. */

const longestField = 20_000
/** A file with more fields than this that never end is no BibTeX: each costs a look at {@link longestField}. */
const mostBroken = 50

/** Fields by their names in lower case, without braces and the commonest marks of TeX. */
export function bibtexEntries(text: string, most: number): Map<string, string>[] {
  const entries: Map<string, string>[] = []
  const start = /@(\w{1,20})\s{0,20}[{(]/g
  let broken = 0
  for (
    let match = start.exec(text);
    match && entries.length < most && broken < mostBroken;
    match = start.exec(text)
  ) {
    if (/^(comment|string|preamble)$/i.test(match[1] ?? '')) continue
    const { fields, end, whole } = fieldsFrom(text, start.lastIndex)
    if (!whole) broken += 1
    if (fields.size > 0) entries.push(fields)
    start.lastIndex = Math.max(end, start.lastIndex)
  }
  return entries
}

type Entry = { fields: Map<string, string>; end: number; whole: boolean }

function fieldsFrom(text: string, from: number): Entry {
  const fields = new Map<string, string>()
  const name =
    /\s{0,80},?\s{0,80}(?:[^,=@{}"\s]{0,200}\s{0,80},)?\s{0,80}([A-Za-z][\w-]{0,40})\s{0,80}=\s{0,80}/y
  let at = from
  for (;;) {
    name.lastIndex = at
    const match = name.exec(text)
    if (!match) return { fields, end: at, whole: true }
    const value = valueAt(text, name.lastIndex)
    if (!value) return { fields, end: name.lastIndex, whole: false }
    if (!fields.has(match[1]!.toLowerCase())) fields.set(match[1]!.toLowerCase(), plain(value.text))
    at = value.end
  }
}

/** In braces, in quotes, or bare; null where it has no end within bounds. */
function valueAt(text: string, from: number): { text: string; end: number } | null {
  const opening = text[from]
  if (opening !== '{' && opening !== '"') {
    const bare = /[\w.:/-]{0,200}/y
    bare.lastIndex = from
    const [word = ''] = bare.exec(text) ?? []
    return { text: word, end: from + word.length }
  }
  let depth = 0
  const last = Math.min(text.length, from + longestField)
  for (let at = from; at < last; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '{') depth += 1
    else if (character === '}') depth -= 1
    const closed = opening === '{' ? depth === 0 : depth === 0 && character === '"' && at > from
    if (closed) return { text: text.slice(from + 1, at), end: at + 1 }
  }
  return null
}

const accents: Record<string, string> = {
  '`': '\u0300',
  "'": '\u0301',
  '^': '\u0302',
  '~': '\u0303',
  '"': '\u0308',
  c: '\u0327',
  v: '\u030C',
}

const plain = (value: string) =>
  value
    .replaceAll(/\\([`'^"~]|[cv](?=[\s{]))\s?\{?(\p{L})\}?/gu, (_, mark: string, letter: string) =>
      `${letter}${accents[mark] ?? ''}`.normalize('NFC'),
    )
    .replaceAll(/\\([&%#_$])/g, '$1')
    .replaceAll(/[{}]/g, '')
