import { describe, expect, it } from 'vitest'
import { formulaHtml } from '../../../src/format/science/formula.js'
import { hasTex, scienceHtml, sciencePlain } from '../../../src/format/science/science.js'

describe('text with formulas', () => {
  it.each([
    ['plain', 'Attention is all you need', 'Attention is all you need'],
    [
      'markup',
      '<script>alert(1)</script> & "co"',
      '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;co&quot;',
    ],
    ['prices', 'from $5 to $10 and $ 3$', 'from $5 to $10 and $ 3$'],
    ['percent', '27.3\\% of A\\&B \\_x', '27.3% of A&amp;B _x'],
    ['emphasis', '\\emph{very} \\textbf{bold} \\textsc{Small}', '<em>very</em> <strong>bold</strong> Small'],
    ['markup in emphasis', '\\emph{<b>}', '<em>&lt;b&gt;</em>'],
    ['quotes', "``quoted'' -- so", '“quoted” – so'],
    ['unknown commands', 'our \\method wins', 'our \\method wins'],
    ['an open dollar', 'costs $x', 'costs $x'],
    ['broken TeX', 'see $\\frac{a$ here', 'see <code class="tex">\\frac{a</code> here'],
    [
      'hostile TeX',
      '$\\href{javascript:alert(1)}{x}$',
      '<code class="tex">\\href{javascript:alert(1)}{x}</code>',
    ],
  ])('keeps %s', (_name, text, html) => {
    expect(scienceHtml(text)).toBe(html)
  })

  it.each(['$O(n^2)$', '\\(O(n^2)\\)', '$$O(n^2)$$', '\\[O(n^2)\\]'])('draws %s', (text) => {
    expect(scienceHtml(`in ${text} time`)).toMatch(
      /^in <math xmlns="[^"]+"><semantics>.*<msup><mi>n<\/mi><mn>2<\/mn><\/msup>.*<\/math> time$/,
    )
  })

  it.each([
    ['\\mathbb{R}^d', 'ℝ'],
    ['\\mathcal{L}', 'ℒ'],
    ['\\mathcal{X}', '𝒳'],
    ['\\mathbf{x}', '𝐱'],
    ['\\mathfrak{g}', '𝔤'],
  ])('draws the letters of %s, which browsers would leave plain', (tex, letter) => {
    expect(formulaHtml(tex)).toContain(letter)
  })

  it.each(['\\htmlStyle{color:red}{x}', '\\includegraphics{x}', '\\def\\a{\\a\\a}\\a', 'x'.repeat(700)])(
    'refuses %s',
    (tex) => {
      expect(formulaHtml(tex)).toBeNull()
    },
  )

  it.each([
    '\\char"0',
    '\\text{\\char"D800}',
    '\\char"8',
    '\\char"202E x',
    '\\text{\\char"2066 x}',
    '\\char"FFFE',
  ])('refuses %s, which brings back a character that texts are cleaned of', (tex) => {
    expect(formulaHtml(tex)).toBeNull()
    expect(scienceHtml(`a $${tex}$ b $x$`)).toMatch(/^a <code class="tex">.*<\/code> b <math/)
  })

  it.each([
    '\\raisebox{-30em}{x}',
    '\\raisebox{2em}{\\raisebox{2em}{x}}',
    'x\\hspace{-50em}y',
    '\\kern-2em x\\kern-2em y',
    '\\mkern-90mu x',
    '\\rule[40em]{1em}{1em}',
    '\\rule{5em}{-40em}',
    '\\hspace{9em}x\\hspace{9em}y\\hspace{9em}z\\hspace{9em}',
    '{\\Huge {\\Huge x}}',
    '\\mathllap{over what stands before}',
    '\\rlap{over what follows}',
    '\\above{9em}\\hspace{9em}\\rule{9em}{9em}',
  ])('refuses %s, which would lie over its neighbours', (tex) => {
    expect(formulaHtml(tex)).toBeNull()
  })

  it.each([
    'a\\quad b\\qquad c',
    'x\\!\\!y',
    '\\xrightarrow{a}\\xrightarrow{b}',
    '{\\large x}',
    '\\rule{1em}{1em}',
    '\\raisebox{1em}{x}',
  ])('draws %s', (tex) => {
    expect(formulaHtml(tex)).toContain('<math')
  })

  it('never lets markup through, whatever stands between the dollars', () => {
    for (const text of ['$<img src=x>$', '$\\text{<img src=x onerror=a>}$', '$\\text{"\'><svg/onload=a>}$']) {
      expect(scienceHtml(text)).not.toMatch(/<(img|svg)/)
    }
  })

  it('takes little time on hostile text', () => {
    const started = performance.now()
    for (const text of [
      '$a'.repeat(20_000),
      '\\('.repeat(20_000),
      '``'.repeat(20_000),
      '\\emph{'.repeat(5_000),
    ]) {
      scienceHtml(text)
    }
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('says formulas in plain text without dollars', () => {
    expect(sciencePlain('An $O(n^2)$ \\emph{bound} of 5\\%')).toBe('An O(n²) bound of 5%')
  })

  it.each([
    ['\\mathcal{O}(n\\log n)', 'O(n log n)'],
    ['10^{-3}', '10⁻³'],
    ['x_{t+1} \\in \\mathbb{R}^d', 'x_(t+1) ∈ R^d'],
    ['x_1', 'x₁'],
    ['N{=}4', 'N=4'],
    ['\\sim 3.5\\times', '~ 3.5×'],
    ['\\frac{1}{n}', '1/n'],
    ['\\frac{a+b}{\\sqrt{2}}', '(a+b)/(√2)'],
    ['\\text{pass}@k', 'pass@k'],
    ['90^\\circ', '90°'],
    ['k^{a+b}', 'k^(a+b)'],
    ['\\begin{pmatrix} a \\end{pmatrix}', '\\begin{pmatrix} a \\end{pmatrix}'],
    ['{{{', '{{{'],
  ])('says %s in a line', (tex, line) => {
    expect(sciencePlain(`$${tex}$`)).toBe(line)
  })

  it.each([
    ['Skill^2-Bench and (OPD^2)', 'Skill²-Bench and (OPD²)'],
    ['below 10^{-3} for N{=}4', 'below 10⁻³ for N=4'],
    ['^2 a^b x^2.5 f^22', '^2 a^b x^2.5 f^22'],
  ])('raises the powers of %s, which has lost its dollars', (text, raised) => {
    expect(sciencePlain(text)).toBe(raised)
    expect(scienceHtml(text)).toBe(raised)
    expect(hasTex(text)).toBe(true)
  })

  it('takes little time to say hostile formulas in a line', () => {
    const started = performance.now()
    for (const tex of ['{'.repeat(600), '^{'.repeat(300), '\\frac{'.repeat(85), '\\text{'.repeat(100)]) {
      sciencePlain(`$${tex}$ `.repeat(50))
    }
    expect(performance.now() - started).toBeLessThan(500)
  })
})
