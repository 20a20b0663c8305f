import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../../src/papers/backtest/backtest.js'
import { fitWithoutEach } from '../../../src/papers/backtest/fit.js'
import { measureTrial } from '../../../src/papers/backtest/measure.js'
import { readLooks } from '../../../src/papers/backtest/read-looks.js'
import { readVotes } from '../../../src/papers/backtest/read-votes.js'
import type { Trial } from '../../../src/papers/backtest/trial.js'
import { shippedWeights } from '../../../src/papers/ranking/score.js'

const recorded = () => readVotes(readFileSync('tests/fixtures/votes-2024.csv', 'utf8'))
const trialOf = (...settled: number[]): Trial => ({
  day: '2024-06-03',
  papers: settled.map((votes, i) => ({
    id: `2406.${10_000 + i}`,
    seenAt: new Date('2024-06-03T17:00:00Z'),
    votes: settled.length - i,
    settled: votes,
    comments: 0,
    authorCount: 3,
    stars: null,
    publishedAt: null,
    listedAt: null,
  })),
})

describe('the measures', () => {
  it('are 1 for the settled order, and less for the reverse', () => {
    const trial = trialOf(40, 30, 20, 10, 5, 4, 3, 2, 1, 0, 0, 0)
    expect(measureTrial(trial, (paper) => paper.settled)).toEqual({ ndcg: 1, overlap: 1 })
    const reverse = measureTrial(trial, (paper) => -paper.settled)
    expect(reverse.overlap).toBe(0.8)
    expect(reverse.ndcg).toBeLessThan(0.6)
  })

  it('are those worked out by hand', () => {
    const swapped = measureTrial(trialOf(1, 3), (paper) => paper.votes)
    const log = Math.log2(3)
    expect(swapped.ndcg).toBeCloseTo((1 / 1 + 2 / log) / (2 / 1 + 1 / log), 12)
    expect(measureTrial(trialOf(0, 0), (paper) => paper.votes)).toEqual({ ndcg: 1, overlap: 1 })
  })
})

describe('the backtest of 2024', () => {
  const report = backtest(recorded())
  const of = (name: string) => {
    const found = report?.formulas.find((formula) => formula.name.startsWith(name))
    return [found?.ndcg.toFixed(4), found?.overlap.toFixed(3)]
  }

  it('measures the known formulas as others did', () => {
    expect(report).toMatchObject({ days: 50, papers: 716, leftOut: 8 })
    expect(of('votes')).toEqual(['0.9859', '0.920'])
    expect(of('Hacker News')).toEqual(['0.9609', '0.900'])
    expect(of('votes / (hours + 24)')).toEqual(['0.9869', '0.930'])
  })

  it('finds the formula above them all, on days that its weights were not fitted on', () => {
    const [ours, ...more] = report?.formulas.filter((formula) => formula.name.includes('(the formula)')) ?? []
    expect(more).toEqual([])
    expect(ours?.crossValidated).toBe(true)
    expect(ours?.ndcg).toBeGreaterThan(0.9869)
    expect(ours?.overlap).toBeGreaterThan(0.93)
  })

  it('fits the weights that are shipped', () => {
    for (const [name, weight] of Object.entries(shippedWeights)) {
      expect(report?.fitted?.[name as keyof typeof shippedWeights]).toBeCloseTo(weight, 3)
    }
  })

  it('does not let a day see its own outcome', () => {
    const trials = recorded().filter((trial) => trial.papers.length >= 8)
    const before = fitWithoutEach(trials, ['votes', 'hours'])
    for (const paper of trials[0]?.papers ?? []) paper.settled = 1000 - paper.settled
    const after = fitWithoutEach(trials, ['votes', 'hours'])
    expect(after[0]?.votes).toBeCloseTo(before[0]?.votes ?? Number.NaN, 9)
    expect(after[1]?.votes).not.toBeCloseTo(before[1]?.votes ?? Number.NaN, 3)
  })
})

describe('what is read', () => {
  it('names the column that a file of votes lacks, and the line that is wrong', () => {
    expect(() => readVotes('day,arxiv_id\n2024-06-03,x')).toThrow(
      'lacks seen_at, upvotes_then, upvotes_settled',
    )
    const header = 'day,arxiv_id,seen_at,upvotes_then,upvotes_settled\n'
    expect(() => readVotes(`${header}2024-06-03,a,2024-06-03T17:00:00Z,3,9\n2024-06-03,b,then,3,9`)).toThrow(
      'Line 3',
    )
    expect(() => readVotes(`${header}2024-06-31,a,2024-06-03T17:00:00Z,3,9`)).toThrow('Line 2')
    expect(() => readVotes('"')).toThrow('no CSV')
  })

  it('pairs the first and the last look at a day from folders', async () => {
    const read = await readLooks(['tests/fixtures/looks', 'tests/fixtures/daily'])
    expect(read.onceOnly).toContain('2026-07-20')
    expect(read.unreadable).toEqual([])
    const [trial] = read.trials
    expect(read.trials).toHaveLength(1)
    expect(trial?.day).toBe('2024-06-12')
    expect(trial?.papers).toHaveLength(5)
    const wide = await readLooks(['tests/fixtures/looks'])
    expect(wide.trials[0]?.papers).toHaveLength(14)
    expect(wide.trials[0]?.papers[0]).toMatchObject({
      id: '2406.07550',
      votes: 23,
      settled: 29,
      authorCount: 6,
    })
    expect(backtest(wide.trials)).toMatchObject({ days: 1, fitted: null })
  })

  it('refuses a folder that is not there', async () => {
    await expect(readLooks(['tests/fixtures/nowhere'])).rejects.toThrow('cannot be read')
  })
})
