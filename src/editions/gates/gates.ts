/** Gates before an edition goes out: facts in, findings out. Any finding holds the edition. */
import type { ShownPaper } from '../edition.js'
import type { Returned } from './returns.js'

type GateName =
  | 'source-stale'
  | 'too-few-papers'
  | 'same-as-last'
  | 'html-too-large'
  | 'dead-links'
  | 'audience-jumped'
  | 'complaints'
  | 'bounces'

export type GateFacts = {
  /** When a source last answered for the days covered; null when none did. */
  sourceSeenAt: Date | null
  /** When the last of these days ended. */
  closedAt: Date
  papers: Pick<ShownPaper, 'id' | 'title'>[]
  /** Of the edition of that kind before it; empty when there was none. */
  papersBefore: Pick<ShownPaper, 'id' | 'title'>[]
  /** Bytes of the whole HTML with every card. */
  htmlBytes: number
  /** Links that somebody tried and that lead nowhere. */
  deadLinks: string[]
  /** Readers who would get it, and who got the one before; null when there was none. */
  audience: number
  audienceBefore: number | null
  /** What came back of the edition before. */
  returnedBefore: Returned[]
}

export type GateBounds = {
  /** Papers at least. */
  editionMin: number
  /** Shares from 0 to 1. */
  sameShare: number
  audienceShare: number
  /** Below so many readers a jump is no news. */
  audienceLeast: number
  htmlBytes: number
  /** Of a domain's mail, and of all. */
  complaintShare: number
  /** Fewer complaints than this hold nothing. */
  complaintLeast: number
  /** Of an edition's readers: addresses that turned out to be no good. */
  bounceShare: number
  bounceLeast: number
  /** So many dead links hold an edition: a repository that is not open yet is no reason to. */
  deadLinks: number
}

/** The bounds that operators set: what is usual, and from where to where they may be set. */
export const settableBounds = {
  sameShare: { usual: 0.5, minimum: 0.01, maximum: 1 },
  audienceShare: { usual: 0.3, minimum: 0.01, maximum: 10 },
  audienceLeast: { usual: 100, minimum: 0, maximum: 1_000_000_000 },
  /** Gmail clips a mail at 102 KB, and what is added on the way counts. */
  htmlBytes: { usual: 80 * 1024, minimum: 1_000, maximum: 10_000_000 },
  /** Gmail and Yahoo ask for less than 0.3 %. */
  complaintShare: { usual: 0.003, minimum: 0.0001, maximum: 1 },
  complaintLeast: { usual: 3, minimum: 1, maximum: 1_000_000_000 },
  bounceShare: { usual: 0.05, minimum: 0.001, maximum: 1 },
  bounceLeast: { usual: 20, minimum: 1, maximum: 1_000_000_000 },
} as const satisfies Partial<Record<keyof GateBounds, { usual: number; minimum: number; maximum: number }>>

export const usualGates = {
  sameShare: settableBounds.sameShare.usual,
  audienceShare: settableBounds.audienceShare.usual,
  audienceLeast: settableBounds.audienceLeast.usual,
  htmlBytes: settableBounds.htmlBytes.usual,
  complaintShare: settableBounds.complaintShare.usual,
  complaintLeast: settableBounds.complaintLeast.usual,
  bounceShare: settableBounds.bounceShare.usual,
  bounceLeast: settableBounds.bounceLeast.usual,
}

export const usualBounds: Omit<GateBounds, 'editionMin'> = { ...usualGates, deadLinks: 3 }

/** What a gate found, in words for an operator. */
export type Finding = { gate: GateName; detail: string }

/** @returns nothing when the edition may go. */
export function judge(facts: GateFacts, bounds: GateBounds): Finding[] {
  const found: [GateName, string | null][] = [
    ['source-stale', staleness(facts)],
    ['too-few-papers', fewness(facts, bounds)],
    ['same-as-last', sameness(facts, bounds)],
    ['html-too-large', largeness(facts, bounds)],
    ['dead-links', deadness(facts, bounds)],
    ['audience-jumped', jump(facts, bounds)],
    ['complaints', complaints(facts, bounds)],
    ['bounces', bounces(facts, bounds)],
  ]
  return found.flatMap(([gate, detail]) => (detail === null ? [] : [{ gate, detail }]))
}

/** One line for `edition.reason`. */
export function reasonOf(findings: Finding[]): string {
  return findings.map(({ gate, detail }) => `${gate}: ${detail}`).join('; ')
}

function staleness({ sourceSeenAt, closedAt }: GateFacts): string | null {
  if (!sourceSeenAt) return 'no source has answered for its days'
  if (sourceSeenAt >= closedAt) return null
  return `the source last answered at ${sourceSeenAt.toISOString()}, before the day had ended`
}

function fewness({ papers }: GateFacts, { editionMin }: GateBounds): string | null {
  return papers.length < editionMin ? `${papers.length} of at least ${editionMin}` : null
}

function sameness({ papers, papersBefore }: GateFacts, { sameShare }: GateBounds): string | null {
  const before = new Set(papersBefore.flatMap(({ id, title }) => [id, plainTitle(title)]))
  const same = papers.filter(({ id, title }) => before.has(id) || before.has(plainTitle(title))).length
  if (same === 0 || same < sameShare * papers.length) return null
  return `${same} of ${papers.length} papers were in the edition before`
}

/** A paper may come back under another id, but rarely under another title. */
function plainTitle(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function largeness({ htmlBytes }: GateFacts, bounds: GateBounds): string | null {
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`
  return htmlBytes > bounds.htmlBytes
    ? `${kilobytes(htmlBytes)} of at most ${kilobytes(bounds.htmlBytes)}`
    : null
}

function deadness({ deadLinks }: GateFacts, bounds: GateBounds): string | null {
  if (deadLinks.length === 0 || deadLinks.length < bounds.deadLinks) return null
  return `${deadLinks.length} lead nowhere: ${deadLinks.join(', ')}`
}

function jump({ audience, audienceBefore }: GateFacts, bounds: GateBounds): string | null {
  if (audienceBefore === null || Math.max(audience, audienceBefore) < bounds.audienceLeast) return null
  const change = Math.abs(audience - audienceBefore)
  if (change <= bounds.audienceShare * audienceBefore) return null
  return `${audience} readers, ${audienceBefore} for the edition before`
}

/** At each domain, since each counts for itself, and at all together. */
function complaints({ returnedBefore, audienceBefore }: GateFacts, bounds: GateBounds): string | null {
  const all = {
    domain: 'all domains',
    accepted: audienceBefore ?? 0,
    complaints: sumOf(returnedBefore, 'complaints'),
  }
  const over = [...returnedBefore, all].filter(
    (one) => one.complaints >= bounds.complaintLeast && one.complaints > bounds.complaintShare * one.accepted,
  )
  if (over.length === 0) return null
  const named = over.slice(0, 5).map((one) => `${one.complaints} of ${one.accepted} at ${one.domain}`)
  return `${named.join(', ')}; at most ${inPercent(bounds.complaintShare)} of the edition before may complain`
}

function bounces({ returnedBefore, audienceBefore }: GateFacts, bounds: GateBounds): string | null {
  const dead = sumOf(returnedBefore, 'dead')
  if (dead < bounds.bounceLeast || dead <= bounds.bounceShare * (audienceBefore ?? 0)) return null
  return `${dead} of ${audienceBefore ?? 0} addresses of the edition before are no good, of at most ${inPercent(bounds.bounceShare)}`
}

const sumOf = (rows: Returned[], figure: 'dead' | 'complaints') =>
  rows.reduce((sum, row) => sum + row[figure], 0)

const inPercent = (share: number) => `${Number((100 * share).toFixed(2))} %`
