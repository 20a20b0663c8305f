/** Texts by which somebody would stop the process, fill a page or get markup through. */

const doubling = (depth: number, filling: string) => {
  const names = Array.from({ length: depth }, (_, i) => `\\${String.fromCodePoint(97 + i)}`)
  const steps = names.map((name, i) => `\\def${name}{${i === 0 ? filling : (names[i - 1] ?? '').repeat(2)}}`)
  return `$${steps.join('')}${names.at(-1)}$`
}

/** By what each is up to. None is longer than an abstract may be. */
export const hostileTexts: Record<string, string> = {
  'macros that define each other': Array.from({ length: 16 }, () => doubling(9, 'x'.repeat(40))).join(' '),
  'macros by let': Array.from({ length: 16 }, () => '$\\let\\a=\\frac\\a\\a{x}{y}z$').join(' '),
  'wide matrices': Array.from({ length: 12 }, () => `$\\begin{matrix}${'&'.repeat(560)}\\end{matrix}$`).join(
    ' ',
  ),
  'deep groups': Array.from({ length: 16 }, () => `$${'{'.repeat(290)}x${'}'.repeat(290)}$`).join(' '),
  'deep fractions': Array.from({ length: 16 }, () => `$${'\\frac1{'.repeat(70)}x${'}'.repeat(70)}$`).join(
    ' ',
  ),
  'roots in roots': Array.from({ length: 16 }, () => `$${'\\sqrt{'.repeat(80)}x${'}'.repeat(80)}$`).join(' '),
  'stretched arrows': Array.from({ length: 14 }, () => `$${'\\xrightarrow{a}'.repeat(38)}$`).join(' '),
  'colours of each letter': Array.from({ length: 16 }, () => `$${'\\color{red}x'.repeat(45)}$`).join(' '),
  'characters that nothing can store': '$\\char"0$ $a\\char"D800 b$ $\\text{\\char"DFFF}$',
  'turned around': '$\\char"202E$ $\\text{\\char"2067 a}$',
  'over its neighbours': '$\\raisebox{-300em}{x}$ $x\\hspace{-500em}y$ $\\mathllap{abc}$'.repeat(20),
  'sizes in sizes': `$${'{\\Huge '.repeat(30)}x${'}'.repeat(30)}$`,
  'many small formulas': '$x$ '.repeat(2400),
  'open formulas': '$a'.repeat(4900),
  'open brackets': '\\('.repeat(4900),
  'open commands': '\\emph{'.repeat(1600),
  'commands in commands': `${'\\emph{a'.repeat(1200)}${'}'.repeat(1200)}`,
  'quotation marks': '``'.repeat(4900),
  'characters that grow when escaped': `'"`.repeat(4990),
  'angle brackets': '<>'.repeat(4990),
  'piled up marks': `a${'\u0301'.repeat(9900)}`,
  'one long word': 'x'.repeat(9990),
  'abbreviations that end no sentence': 'et al. '.repeat(1420),
  'a script': `<script>alert(1)</script>${'$\\text{<img src=x onerror=alert(1)>}$'.repeat(100)}`,
  'a link of TeX': '$\\href{javascript:alert(1)}{x}$ \\url{javascript:alert(1)}'.repeat(100),
}
