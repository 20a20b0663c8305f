import { expect, it } from 'vitest'
import { differences } from '../../../src/http/desk/parts/differences.js'

it('names what differs, field by field, and nothing else', () => {
  expect(
    differences(
      { gates: { sameShare: 0.5, htmlBytes: 80 }, kept: [1], gone: 'x', same: null },
      { gates: { sameShare: 0.4, htmlBytes: 80 }, kept: [1], come: ['a', { b: 1 }], same: null },
    ),
  ).toEqual([
    { field: 'gates.sameShare', before: '0.5', after: '0.4' },
    { field: 'gone', before: 'x', after: null },
    { field: 'come', before: null, after: 'a\n{"b":1}' },
  ])
})

it('shows all of what came, and all of what went', () => {
  expect(differences(null, { a: 1 })).toEqual([{ field: 'a', before: null, after: '1' }])
  expect(differences({ a: true }, undefined)).toEqual([{ field: 'a', before: 'true', after: null }])
})
