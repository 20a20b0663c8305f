import { describe, expect, it } from 'vitest'
import { arxivId, isPaperId, localId, paperLinks } from '../../src/papers/arxiv-id.js'

describe('ids of papers', () => {
  it.each([
    ['2608.10000', '2608.10000'],
    ['2608.10000v12', '2608.10000'],
    ['0704.0001', '0704.0001'],
    ['math/0309136', 'math/0309136'],
    ['math.GT/0309136v2', 'math.GT/0309136'],
    ['hep-ex/0307015', 'hep-ex/0307015'],
    ['arXiv:2608.10000', '2608.10000'],
    ['http://arxiv.org/abs/2510.14968v1', '2510.14968'],
    ['https://arxiv.org/pdf/2510.14968v1.pdf', '2510.14968'],
    ['https://huggingface.co/papers/2510.14968?x=1', '2510.14968'],
    ['https://doi.org/10.48550/arXiv.2510.14968', '2510.14968'],
    ['2613.10000', null],
    ['2608.1', null],
    ['2608.10000; drop table paper', null],
    ['../../etc/passwd', null],
    ['', null],
    [2608.1, null],
    [null, null],
    ['a'.repeat(300), null],
  ])('finds in %s the id %s', (given, expected) => {
    expect(arxivId(given)).toBe(expected)
  })

  it('gives a paper without id one that lasts, and no links to arXiv', () => {
    const id = localId('On residual network depth')
    expect(id).toBe(localId('  On Residual Network  Depth. '))
    expect(id).not.toBe(localId('On residual network width'))
    expect(isPaperId(id)).toBe(true)
    expect(isPaperId('local-x')).toBe(false)
    expect(paperLinks(id)).toBeNull()
    expect(paperLinks('math/0309136')?.pdf).toBe('https://arxiv.org/pdf/math/0309136')
  })
})
