/** The ids of papers: arXiv's, and our own for a paper that a file names without one. */
import { createHash } from 'node:crypto'

const modern = /^(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})$/
const old = /^[a-z][a-z-]{1,14}(?:\.[A-Z]{2})?\/\d{2}(?:0[1-9]|1[0-2])\d{3}$/
const local = /^local-[0-9a-f]{16}$/

/**
 * The arXiv id in a text, without its version: `2608.10000v2`, `arXiv:math/0309136`,
 * `https://arxiv.org/pdf/2608.10000v1.pdf`; null where there is none. Ids stay text: `2608.10000` is not 2608.1.
 */
export function arxivId(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 200) return null
  const bare = value
    .trim()
    .replace(
      /^(?:https?:\/\/)?(?:www\.|export\.)?(?:arxiv\.org\/(?:abs|pdf|html|e-print)|huggingface\.co\/papers|alphaxiv\.org\/abs)\//i,
      '',
    )
    .replace(/^(?:(?:https?:\/\/)?doi\.org\/)?10\.48550\/arxiv\./i, '')
    .replace(/^arxiv:\s*/i, '')
    .replace(/[?#].*$/, '')
    .replace(/\.pdf$/i, '')
    .replace(/v\d{1,3}$/, '')
  return isArxivId(bare) ? bare : null
}

/** True for an id that arXiv gave. */
export function isArxivId(id: string): boolean {
  return modern.test(id) || old.test(id)
}

/** True for an id under which a paper may be kept. */
export function isPaperId(id: string): boolean {
  return isArxivId(id) || local.test(id)
}

/** A lasting id for a paper of which only the title is known: the same title gives the same id. */
export function localId(title: string): string {
  const key = title
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return `local-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}

export type PaperLinks = { abs: string; pdf: string; hub: string }

/** Where arXiv and the Hub show a paper; null for one that only a file named. */
export function paperLinks(id: string): PaperLinks | null {
  if (local.test(id)) return null
  return {
    abs: `https://arxiv.org/abs/${id}`,
    pdf: `https://arxiv.org/pdf/${id}`,
    hub: `https://huggingface.co/papers/${id}`,
  }
}
