/** Gates before an edition goes out: facts in, findings out. Any finding holds the edition. */
import type { ShownPaper } from '../edition.js'

type GateName =
  | 'source-stale'
  | 'too-few-papers'
  | 'same-as-last'
  | 'html-too-large'
  | 'dead-links'
  | 'audience-jumped'

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
} as const satisfies Partial<Record<keyof GateBounds, { usual: number; minimum: number; maximum: number }>>

export const usualGates = {
  sameShare: settableBounds.sameShare.usual,
  audienceShare: settableBounds.audienceShare.usual,
  audienceLeast: settableBounds.audienceLeast.usual,
  htmlBytes: settableBounds.htmlBytes.usual,
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
