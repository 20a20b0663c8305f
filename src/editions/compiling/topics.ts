/** What papers are about, by the words of their titles, as the line above them says it. */

/** Named rather than counted out of words: "three on agentic" or "on horizon" says nothing. */
const topics: [name: string, words: RegExp][] = [
  ['agents', /\bagent(?:s|ic)?\b/i],
  ['video', /\bvideos?\b/i],
  ['robots', /\brobot(?:s|ic|ics)?\b|\bvision-language-action\b|\bVLAs?\b|\bmanipulation\b|\bembodied\b/i],
  ['world models', /\bworld[- ]model(?:s|l?ing)?\b/i],
  ['reasoning', /\breason(?:s|ing|ers?)\b/i],
  ['reinforcement learning', /\breinforcement learning\b|\bpolicy optimi[sz]ation\b|\bRL(?:VR|HF)?\b/i],
  ['code', /\bcod(?:e|ing|ers?)\b|\bsoftware\b/i],
  ['search and retrieval', /\bretriev(?:al|ers?|ing)\b|\bsearch\b|\bRAG\b/i],
  ['images', /\bimages?\b|\btext-to-image\b/i],
  ['speech and sound', /\bspeech\b|\baudio\b|\bmusic\b|\bvoices?\b|\bsounds?\b/i],
  ['memory', /\bmemor(?:y|ies)\b/i],
  ['3D', /\b3D\b|\bgaussian splatting\b/i],
  ['diffusion', /\bdiffusion\b/i],
  ['distillation', /\bdistill(?:ation|ing|ed)?\b/i],
  ['attention', /\battention\b/i],
  ['mathematics', /\bmath(?:s|ematics|ematical)?\b|\btheorems?\b/i],
  ['medicine', /\bmedic(?:al|ine)\b|\bclinical\b|\bhealth(?:care)?\b/i],
  ['safety', /\bsafe(?:ty|guards?)?\b|\bjailbreaks?\b/i],
]

/** The topic of most titles, the first in the list of those that are level; null where none is of a title. */
export function topicOf(titles: readonly string[]): { name: string; count: number } | null {
  const counted = topics.map(([name, words]) => ({
    name,
    count: titles.filter((title) => words.test(title)).length,
  }))
  const [most] = counted.toSorted((a, b) => b.count - a.count)
  return most && most.count > 0 ? most : null
}
