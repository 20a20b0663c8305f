/** Words by which a sentence of an abstract shows what it is there for. */

const authors =
  '(?:we|i|this (?:paper|work|article|(?:technical )?report|study|survey|thesis|tutorial|note)|the (?:paper|authors?)|our (?:paper|work))'
const adverbs = '(?:\\s+(?:\\w+ly|also|then|thus|here|therefore|instead|further|first|next))*'
const deeds =
  'present|introduce|propose|develop|build|design|devise|release|contribute|construct|create|formulate|describe|offer|provide|establish|unveil|open-source|instantiate|operationalize|address|mend|solve|tackle|answer|fix|extend|adapt|enhance|improve|replace|train|turn|repurpose|curate|collect|report|augment|enable|leverage|derive|prove'
const findings =
  'show|find|demonstrate|reveal|prove|observe|discover|uncover|identify|confirm|establish|surface'
const plans =
  'study|investigate|explore|aim|revisit|rethink|ask|argue|seek|examine|consider|analy[sz]e|focus|target|survey|review|characteri[sz]e|quantify|evaluate|compare'
const things =
  'framework|method|model|benchmark|dataset|data set|approach|system|paradigm|algorithm|family|toolkit|suite|library|pipeline|architecture|agent|survey|metric|strategy|taxonomy|environment|engine|harness|recipe|technique|corpus|network|operator|classifier|simulation|objective|protocol|representation'

const any = (pattern: string) => new RegExp(pattern, 'i')

/** Whether a sentence has the cue; each is a feature of its own, see `weights.ts`. */
export const cues = {
  /** "We mend", "this work introduces". */
  announce: any(`\\b${authors}${adverbs}\\s+(?:${deeds})(?:e?s|d)?\\b`),
  /** The three verbs that nearly always come with the thing itself. */
  present: any(`\\b${authors}${adverbs}\\s+(?:present|introduce|propose)s?\\b`),
  finding: any(
    `\\b(?:${authors}|results?|experiments?|analys[ie]s|evaluations?|findings|stud(?:y|ies))${adverbs}(?:\\s+\\w+){0,4}?\\s+(?:${findings})s?\\b`,
  ),
  /** "We revisit", "our aim is": what is coming, not what came of it. */
  agenda: any(
    `\\b(?:we|i|this (?:paper|work|study|survey))${adverbs}\\s+(?:${plans})s?\\b|\\b(?:our|the) (?:goal|aim|objective) is\\b`,
  ),
  /** What a survey does is to survey. */
  survey:
    /\bthis (?:survey|review|tutorial|overview|position paper)\b|\b(?:we|i|this (?:paper|work|article))\s+(?:survey|review)s?\b|\b(?:systematic|comprehensive) (?:survey|synthesis|review|overview|taxonomy)\b/i,
  thing: any(`\\b(?:a|an|the first|two|three)\\s+(?:[\\w-]+[ ,]+){0,7}?(?:${things})\\b`),
  detail:
    /\b(?:we|it|and|,) (?:also|further|additionally)\b|^(?:also|further|furthermore|additionally|moreover|besides|beyond|finally|second|third|fourth|in addition|lastly|building on (?:it|this)|based on (?:it|this|these)|concretely|specifically|in particular|during|at inference|at its core|to further|together|notably|meanwhile)\b/i,
  firstOfSeveral: /^(?:first|firstly|to this end, we first)\b/i,
  /** The turn from the problem to the paper: "To address this, …", "In this paper, …". */
  turn: /^(?:to (?:address|bridge|tackle|overcome|fill|close|mitigate|solve|resolve|remedy|systematically|simultaneously|investigate|study|this end|that end|efficiently|improve)|in (?:this|our) (?:paper|work|survey|study|report)|here,? |we therefore|therefore, we|thus, we|instead|motivated by|inspired by|in response|based on (?:this|these) (?:observation|insight|finding)s?|building on (?:this|these) (?:observation|insight|finding)s?)/i,
  background:
    /^(?:however|yet|but|despite|although|while|existing|prior|previous|recent|current|conventional|conversely|unlike|nevertheless|traditional|unfortunately|most|many|in contrast)\b/i,
  problem:
    /\b(?:remains?|lack|challeng\w+|limited|bottleneck|suffer\w*|fail|fails|struggle\w*|difficult|costly|expensive|hinder\w*|overlook\w*|gap|rarely|underexplored|scarce)\b/i,
  success:
    /\b(?:outperform\w*|state-of-the-art|sota|achiev\w+|surpass\w*|improv\w+|consistently|competitive)\b/i,
  experiment:
    /^(?:extensive|experiments?|experimental|evaluat\w+|across|on the|comprehensive|empirical\w*|in experiments|through extensive|benchmarking|ablation\w*|further (?:analysis|ablation\w*)|theoretically|under|using|without|trained|compared)\b/i,
  availability:
    /https?:\/\/|\bgithub\b|\b(?:code|dataset|weights|models?|data|materials?) (?:is|are|will be|and)\b.*\b(?:available|released|public\w*|open-sourced)\b|project page/i,
  closing:
    /^(?:overall|these (?:results|findings)|our (?:results|findings|study|work)|in summary|together|ultimately|taken together|we (?:hope|believe|expect)|the results|by (?:shedding|organizing|directly))\b/i,
  ours: /\b(?:we|our|i)\b/i,
  clause: /\b(?:that|which|for|by|where|to|using|via|with)\b/i,
  /** Understood only after the sentence before it. */
  anaphor:
    /^(?:it|its|they|these|this|such|both|each|the resulting|our (?:model|method|approach|framework))\b/i,
  question: /\?\s*$/,
  number: /\d/,
  coinedName: /\(([A-Z][\w^-]*[A-Z0-9][\w-]*)\)/,
} satisfies Record<string, RegExp>

/** "We propose a framework to address these challenges" says nothing of the framework. */
export const emptyWords = /\b(?:address\w*|challenge|problem|gap|limitation|issue|these|this|both)\b/i
