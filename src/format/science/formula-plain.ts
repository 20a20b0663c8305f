/** A formula of TeX as a line of plain text, for mails, subjects and whatever else can't draw one. */
import { oneLine } from '../text/one-line.js'

const longest = 600

/** Commands that only change the look of what they hold. */
const looks =
  /\\(?:math(?:cal|bb|bf|rm|it|sf|tt|scr|frak|ring)|text(?:bf|it|rm|sf|tt|normal)?|operatorname\*?|boldsymbol|bm|mbox|hbox)\s*(?:\{([^{}]*)\}|([A-Za-z\d](?![A-Za-z])))/g

/** Spaces and sizes, which a line of text has no use for. */
const empty =
  /\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|nolimits|nonumber|quad|qquad|hspace\*?\{[^{}]*\})(?![A-Za-z])|\\[,;:!> ]|~/g

/** Names of TeX, each with what stands for it. */
const names = `
  alpha α  beta β  gamma γ  delta δ  epsilon ε  varepsilon ε  zeta ζ  eta η  theta θ  vartheta ϑ
  iota ι  kappa κ  lambda λ  mu μ  nu ν  xi ξ  pi π  rho ρ  sigma σ  tau τ  upsilon υ  phi φ  varphi φ
  chi χ  psi ψ  omega ω  Gamma Γ  Delta Δ  Theta Θ  Lambda Λ  Xi Ξ  Pi Π  Sigma Σ  Phi Φ  Psi Ψ
  Omega Ω  ell ℓ  infty ∞  partial ∂  nabla ∇  sum ∑  prod ∏  int ∫  times ×  cdot ·  div ÷  pm ±
  mp ∓  ast *  star ⋆  circ ∘  prime ′  le ≤  leq ≤  ge ≥  geq ≥  ll ≪  gg ≫  ne ≠  neq ≠  approx ≈
  equiv ≡  sim ~  simeq ≃  propto ∝  in ∈  notin ∉  subset ⊂  subseteq ⊆  cup ∪  cap ∩  emptyset ∅
  forall ∀  exists ∃  to →  rightarrow →  leftarrow ←  Rightarrow ⇒  mapsto ↦  uparrow ↑  downarrow ↓
  ldots …  dots …  cdots ⋯  log log  ln ln  exp exp  min min  max max  sup sup  inf inf  lim lim
  arg arg  sin sin  cos cos  tan tan  det det  dim dim  gcd gcd  Pr Pr  mid |  vert |  Vert ‖  lVert ‖
  rVert ‖  langle ⟨  rangle ⟩  degree °
`
const symbols = new Map(
  Array.from(names.matchAll(/(\w+) (\S+)/g), ([, name = '', symbol = '']) => [name, symbol] as const),
)

const raised = new Map(Object.entries(lettersOf('0123456789+-=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ')))
const lowered = new Map(Object.entries(lettersOf('0123456789+-=()', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎')))

/** `\mathcal{O}(n^2)` as `O(n²)`; as it was typed where a line can't say it. */
export function formulaPlain(tex: string): string {
  if (tex.length > longest) return tex
  const line = withoutBraces(
    unwrapped(tex)
      .replaceAll(/(?<=[\p{L}\d)])\\(?=(?:log|ln|exp|min|max|sin|cos|tan)(?![A-Za-z]))/gu, ' \\')
      .replaceAll(/\\([A-Za-z]+)/g, (whole, name: string) => symbols.get(name) ?? whole)
      .replaceAll(/\\([%#&$_])/g, '$1'),
  )
  return /[\\{}]/.test(line) ? tex : oneLine(line)
}

/** `10^{-3}` as `10⁻³` in running text, where a source has lost the dollars around it. */
export function raisePowers(text: string): string {
  return text.replaceAll(
    /(?<=[\p{L}\d)])\^(?:\{([-+]?\d{1,3})\}|(\d)(?![\d.^]))/gu,
    (_all, group?: string, one?: string) => shifted('^', group ?? one ?? '', raised),
  )
}

/** From the inside out, and no deeper than formulas in print go. */
function unwrapped(tex: string): string {
  let line = tex.replaceAll(empty, ' ').replaceAll(/\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))/g, '°')
  for (let depth = 0; depth < 4; depth += 1) {
    const before = line
    line = line
      .replaceAll(looks, (_all, held?: string, letter?: string) => held ?? letter ?? '')
      .replaceAll(/\\sqrt\s*\{([^{}]*)\}/g, (_all, inner: string) => `√${grouped(inner)}`)
      .replaceAll(
        /\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g,
        (_all, above: string, below: string) => `${grouped(above)}/${grouped(below)}`,
      )
    if (line === before) break
  }
  return line
}

function withoutBraces(line: string): string {
  return line
    .replaceAll(/\^(?:\{([^{}]*)\}|([^\s{}\\]))/g, (_all, group?: string, one?: string) =>
      shifted('^', group ?? one ?? '', raised),
    )
    .replaceAll(/_(?:\{([^{}]*)\}|([^\s{}\\]))/g, (_all, group?: string, one?: string) =>
      shifted('_', group ?? one ?? '', lowered),
    )
    .replaceAll(/\{([^{}]*)\}/g, '$1')
}

/** `x^2` as `x²`, `x^{a+b}` as `x^(a+b)`: not every letter is there in small. */
function shifted(mark: string, text: string, small: ReadonlyMap<string, string>): string {
  const letters = Array.from(text.trim())
  const known = letters.map((letter) => small.get(letter))
  if (known.every((letter) => letter !== undefined)) return known.join('')
  return mark + grouped(text)
}

const grouped = (text: string) =>
  /^[\p{L}\p{N}.*′°]+$/u.test(text.trim()) ? text.trim() : `(${text.trim()})`

function lettersOf(from: string, to: string): Record<string, string> {
  const small = Array.from(to)
  return Object.fromEntries(Array.from(from, (letter, i) => [letter, small[i] ?? letter]))
}
