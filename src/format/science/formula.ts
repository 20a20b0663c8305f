/** A formula of TeX as MathML, which browsers draw and screen readers read without fonts or styles of ours. */
import katex from 'katex'

const longest = 600
/** Bytes of HTML: four times what a formula in print comes to. */
const mostBytes = 8000

/** A few characters that define each other come to megabytes. */
const definition =
  /\\(?:[egx]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand|expandafter|noexpand)(?![A-Za-z@])/

/** What `\\char` would bring back of what is taken out of every text: controls, half pairs, marks that turn text around. */
const unfit = /[\p{Cc}\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/u

/** In ems, of all lengths of a formula: beyond them it lies over what stands elsewhere on the page. */
const most = { forward: 30, back: 3, raised: 3 }

/** True for a formula that is drawn over its neighbours, or larger than they are. */
function leavesItsPlace(html: string): boolean {
  const shown = html.slice(0, html.lastIndexOf('<annotation'))
  const sum = { forward: 0, back: 0, raised: 0 }
  for (const [, name = '', ems = ''] of shown.matchAll(/ ([a-z]+)="([+-]?[\d.]+)em"/g)) {
    const length = Number(ems)
    if (name === 'voffset') sum.raised += Math.abs(length)
    else if (name !== 'minsize') sum[length < 0 ? 'back' : 'forward'] += Math.abs(length)
  }
  // Sizes are those of the text around for KaTeX and those of the formula around for MathML: nested, they multiply.
  const sizes = shown.split(' mathsize="').length - 1
  const overlaps = / lspace="-| width="0px"/.test(shown)
  return (
    sizes > 1 || overlaps || sum.forward > most.forward || sum.back > most.back || sum.raised > most.raised
  )
}

/**
 * Safe HTML: KaTeX escapes what it is given, and links, styles and pictures are off.
 * @returns null for TeX that is broken, uses what KaTeX does not know, defines macros, or comes to too much.
 */
export function formulaHtml(tex: string): string | null {
  if (tex.length > longest || definition.test(tex)) return null
  try {
    const html = katex.renderToString(tex, {
      output: 'mathml',
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      maxSize: 10,
      maxExpand: 200,
    })
    // What was not trusted is drawn in the colour of errors instead of being refused.
    if (html.includes('mathcolor="#cc0000"') || Buffer.byteLength(html) > mostBytes) return null
    if (unfit.test(html) || leavesItsPlace(html)) return null
    return drawLetters(bare(html))
  } catch {
    return null
  }
}

function bare(html: string): string {
  return html.replace(/^<span class="katex">|<\/span>$/g, '')
}

/** Browsers leave out `mathvariant` (MathML Core): the letters of Unicode's own alphabets do the same. */
function drawLetters(html: string): string {
  return html.replaceAll(
    /<(mi|mn|mtext) mathvariant="([a-z-]+)">([^<]{1,80})<\/\1>/g,
    (whole, tag: string, variant: string, text: string) => {
      const alphabet = alphabets[variant]
      return alphabet
        ? `<${tag}>${text.replaceAll(/[A-Za-z\d]/g, (letter) => drawn(letter, alphabet))}</${tag}>`
        : whole
    },
  )
}

/** Code points of A, a and 0, and the letters that stand elsewhere for history's sake. */
type Alphabet = { upper: number; lower: number; digit?: number; elsewhere?: Record<string, string> }

const alphabets: Record<string, Alphabet> = {
  bold: { upper: 0x1d400, lower: 0x1d41a, digit: 0x1d7ce },
  'bold-italic': { upper: 0x1d468, lower: 0x1d482 },
  script: {
    upper: 0x1d49c,
    lower: 0x1d4b6,
    elsewhere: { B: 'ℬ', E: 'ℰ', F: 'ℱ', H: 'ℋ', I: 'ℐ', L: 'ℒ', M: 'ℳ', R: 'ℛ', e: 'ℯ', g: 'ℊ', o: 'ℴ' },
  },
  fraktur: {
    upper: 0x1d504,
    lower: 0x1d51e,
    elsewhere: { C: 'ℭ', H: 'ℌ', I: 'ℑ', R: 'ℜ', Z: 'ℨ' },
  },
  'double-struck': {
    upper: 0x1d538,
    lower: 0x1d552,
    digit: 0x1d7d8,
    elsewhere: { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' },
  },
  'sans-serif': { upper: 0x1d5a0, lower: 0x1d5ba, digit: 0x1d7e2 },
  monospace: { upper: 0x1d670, lower: 0x1d68a, digit: 0x1d7f6 },
}

function drawn(letter: string, { upper, lower, digit, elsewhere }: Alphabet): string {
  const special = elsewhere?.[letter]
  if (special) return special
  if (/^[A-Z]$/.test(letter)) return shifted(letter, 'A', upper)
  if (/^[a-z]$/.test(letter)) return shifted(letter, 'a', lower)
  return digit !== undefined && /^\d$/.test(letter) ? shifted(letter, '0', digit) : letter
}

function shifted(letter: string, first: string, point: number): string {
  return String.fromCodePoint(point + letter.charCodeAt(0) - first.charCodeAt(0))
}
