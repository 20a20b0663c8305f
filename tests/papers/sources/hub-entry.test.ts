import { describe, expect, it } from 'vitest'
import { readHubEntry } from '../../../src/papers/sources/hub-entry.js'
import type { FoundPaper } from '../../../src/papers/paper.js'

const day = '2024-06-12'

function read(entry: unknown): FoundPaper {
  const paper = readHubEntry(entry, day)
  if (typeof paper === 'string') throw new Error(paper)
  return paper
}

describe('an entry of the list', () => {
  it('needs only an id and a title', () => {
    expect(read({ paper: { id: '2608.10000v3', title: 'A\n  title<EOS>' } })).toEqual({
      id: '2608.10000',
      title: 'A title',
      abstract: '',
      summary: null,
      authors: [],
      authorCount: 0,
      organisation: null,
      submitter: null,
      keywords: [],
      codeUrl: null,
      projectUrl: null,
      publishedAt: null,
      listedAt: null,
      votes: null,
      comments: null,
      stars: null,
      authorTalks: false,
      pictureUrls: [],
    })
  })

  it.each([
    [null, 'no arXiv id'],
    [[], 'no arXiv id'],
    ['paper', 'no arXiv id'],
    [{ paper: null }, 'no arXiv id'],
    [{ paper: { id: 2608.1, title: 'A number is no id' } }, 'no arXiv id'],
    [{ paper: { id: '2608.10000' } }, '2608.10000 has no title'],
    [{ paper: { id: '2608.10000', title: ' ' }, title: 7 }, '2608.10000 has no title'],
  ])('that is %j is refused: %s', (entry, fault) => {
    expect(readHubEntry(entry, day)).toBe(fault)
  })

  it('loses only the fields that are wrong', () => {
    const paper = read({
      title: 'Outer title',
      paper: {
        id: '2608.10000',
        authors: [
          { name: 'Ada' },
          { name: 7 },
          null,
          { name: 'Ada' },
          'Alan',
          { name: 'Bo\u0000b', hidden: true },
        ],
        githubRepo: 'javascript:alert(1)',
        projectPage: 'http://plain.example.org',
        githubStars: '120',
        upvotes: -3,
        ai_keywords: { 0: 'x' },
        organization: { fullname: '', name: 'acme' },
        publishedAt: 'soon',
      },
      numComments: 1e12,
      isAuthorParticipating: 'yes',
    })
    expect(paper).toMatchObject({
      title: 'Outer title',
      authors: ['Ada', 'Bo b'],
      authorCount: 2,
      organisation: 'acme',
      codeUrl: null,
      projectUrl: null,
      stars: null,
      authorTalks: false,
      votes: null,
      comments: null,
      keywords: [],
      publishedAt: null,
    })
  })

  const published = '2024-06-11T17:59:56.000Z'
  it.each([
    [
      'what the paper says',
      '2024-06-12T04:30:09.856Z',
      '2024-06-11T13:59:56.000Z',
      '2024-06-12T04:30:09.856Z',
    ],
    ['the outer time of older lists', undefined, '2024-06-12T02:08:15.299Z', '2024-06-12T02:08:15.299Z'],
    ['nothing from a shifted time', undefined, '2024-06-11T13:59:56.000Z', undefined],
    ['nothing from another week', undefined, '2024-06-01T02:08:15.299Z', undefined],
  ])('takes as time of listing %s', (_what, submittedOnDailyAt, outer, expected) => {
    const paper = { id: '2406.07550', title: 'T', publishedAt: published, submittedOnDailyAt }
    expect(read({ paper, publishedAt: outer }).listedAt?.toISOString()).toBe(expected)
  })
})

describe('the pictures of an entry', () => {
  const paper = { id: '2608.10000', title: 'T' }
  const uploads = 'https://cdn-uploads.huggingface.co/production/uploads/1'
  const preview = 'https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2608.10000.png'

  it('are its figures, without films, before the preview', () => {
    const mediaUrls = [`${uploads}/film.mp4`, `${uploads}/figure.png`, `${uploads}/film.qt`]
    const expected = [`${uploads}/figure.png`, preview]
    expect(read({ paper: { ...paper, mediaUrls }, thumbnail: preview }).pictureUrls).toEqual(expected)
    expect(read({ paper, mediaUrls, thumbnail: preview }).pictureUrls).toEqual(expected)
  })

  it('are four at most, of http and https, without a password', () => {
    const mediaUrls = [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://ann:secret@example.org/x.png',
      `https://example.org/${'x'.repeat(1000)}`,
      7,
      null,
      ...Array.from({ length: 30 }, (_, at) => `${uploads}/${at}.png`),
    ]
    const { pictureUrls } = read({ paper: { ...paper, mediaUrls }, thumbnail: preview })
    expect(pictureUrls).toEqual([`${uploads}/0.png`, `${uploads}/1.png`, `${uploads}/2.png`, preview])
  })
})
